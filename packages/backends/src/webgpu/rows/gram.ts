import { SymmetricMatrix } from '@scalpel/core';
import { byOperations, type Column, HalfTensor, type InnerProducts } from '@scalpel/core/rows';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WatchedBackend } from '../backend.ts';
import { aligned, bindableTensors, Commands, OPENING, THREADS } from './commands.ts';
import {
  type Block,
  chunks,
  elementOf,
  type Part,
  packed,
  partOf,
  type RowBuffer,
  sizeOf,
  split,
  typeOf,
} from './parts.ts';

/** Rows with at most this many elements in all are read back and multiplied in float64. */
const HOST_ELEMENTS = 4096;
/** The number of rows whose products one thread can keep in registers. */
const MOST_ROWS = 8;
/** The number of products that are summed up at once, in 8 KiB of workgroup memory. */
const GROUP = 8;
const LANES = THREADS / GROUP;

type Pair = readonly [number, number];

/** One dispatch: in each block, the sums of products of pairs of rows. */
interface Pass {
  readonly blocks: readonly Block[];
  readonly buffers: readonly RowBuffer[];
  /** Positions in `buffers`. */
  readonly pairs: readonly Pair[];
  /** The rows' positions in the Gramian. */
  readonly entries: readonly Pair[];
}

/**
 * The *gram* pass. It sums within blocks in float32 on the device, then over all blocks in float64 on the
 * host.
 */
export async function gram(
  backend: WatchedBackend,
  columns: readonly Column[],
  losses: readonly Tensor[],
): Promise<InnerProducts> {
  const elements = columns.reduce((sum, column) => sum + sizeOf(column), 0);
  const isHalf = columns.some((column) => column.some((tensor) => tensor instanceof HalfTensor));
  if (elements <= HOST_ELEMENTS && !isHalf) return byOperations.gram(columns, losses);

  const commands = new Commands(backend, 'gram');
  const { large, small } = split(columns);
  const parts = large.map((variable) => partOf(commands, columns[variable]!, variable));
  if (small.length > 0) parts.push(packed(commands, columns, small));
  const width = Math.min(MOST_ROWS, bindableTensors(backend));
  const passes = parts.flatMap((part) => passesOf(part, width));

  const [tables, sums] = [slices(passes.map(({ blocks }) => 8 * blocks.length)), slices(passes.map(bytesOf))];
  const table = new Uint32Array(tables.bytes / 4);
  for (const [index, { blocks }] of passes.entries())
    table.set(
      blocks.flatMap(({ start, end }) => [start, end]),
      tables.offsets[index]! / 4,
    );
  const [tableBuffer, sumBuffer] = [commands.table(table), commands.temporary(sums.bytes)];
  for (const [index, pass] of passes.entries()) {
    const bindings = [
      { buffer: tableBuffer, offset: tables.offsets[index]!, size: 8 * pass.blocks.length },
      { buffer: sumBuffer, offset: sums.offsets[index]!, size: bytesOf(pass) },
      ...pass.buffers.map(({ buffer }) => ({ buffer })),
    ];
    commands.run(source(pass.buffers, pass.pairs), bindings, pass.blocks.length);
  }
  const readBack = losses.reduce((bytes, { size }) => bytes + 4 * size, sums.bytes);
  const values = new Float32Array(
    await commands.read(readBack, (buffer) => {
      commands.copy(sumBuffer, 0, buffer, 0, sums.bytes);
      let position = sums.bytes;
      for (const loss of losses) {
        commands.copy(commands.bufferOf(loss), 0, buffer, position, 4 * loss.size);
        position += 4 * loss.size;
      }
    }),
  );

  const totals = columns.map(({ length }) => new Float64Array(length ** 2));
  for (const [index, { blocks, entries }] of passes.entries()) {
    let position = sums.offsets[index]! / 4;
    for (const { variable } of blocks)
      for (const [i, j] of entries)
        totals[variable]![i * columns[variable]!.length + j]! += values[position++]!;
  }
  return {
    byVariable: columns.map(({ length }, variable) =>
      SymmetricMatrix.from(length, (i, j) => totals[variable]![Math.min(i, j) * length + Math.max(i, j)]!),
    ),
    precision: 1e-7,
    scalars: [...values.subarray(sums.bytes / 4)],
  };
}

function bytesOf({ blocks, pairs }: Pass): number {
  return 4 * blocks.length * pairs.length;
}

/** Slices of one buffer, one after another. */
function slices(sizes: readonly number[]): { readonly offsets: readonly number[]; readonly bytes: number } {
  let bytes = 0;
  const offsets = sizes.map((size) => {
    const offset = bytes;
    bytes += aligned(size);
    return offset;
  });
  return { offsets, bytes };
}

/** All rows at once if they are few enough, otherwise every pair of groups of rows. */
function passesOf({ blocks, rows, buffers }: Part, width: number): Pass[] {
  const positions = [...rows.keys()];
  const groups = rows.length <= width ? [positions] : chunks(positions, Math.floor(width / 2));
  return groups.flatMap((first, index) =>
    groups.slice(index).map((second): Pass => {
      const bound = first === second ? first : [...first, ...second];
      const pairs = first.flatMap((i) => second.filter((j) => j >= i).map((j): Pair => [i, j]));
      return {
        blocks,
        buffers: bound.map((position) => buffers[position]!),
        pairs: pairs.map(([i, j]): Pair => [bound.indexOf(i), bound.indexOf(j)]),
        entries: pairs.map(([i, j]): Pair => [rows[i]!, rows[j]!]),
      };
    }),
  );
}

/**
 * A thread adds eight products, then the sums of eight. The workgroup adds the sums of 8 threads, then those
 * 32 sums. So no sum has more than a few terms, which keeps rounding errors at a few units in the last place.
 */
function source(rows: readonly RowBuffer[], pairs: readonly Pair[]): string {
  const each = (line: (index: number) => string, count: number) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');
  const reduction = chunks([...pairs.keys()], GROUP).map(
    (group) => `
  ${group.map((pair, slot) => `shared_sums[${slot * THREADS}u + thread] = total${pair};`).join('\n  ')}
  workgroupBarrier();
  var lane_sum = 0.0;
  if (slot < ${group.length}u) {
    for (var k = 0u; k < ${GROUP}u; k++) { lane_sum += shared_sums[slot * ${THREADS}u + k * ${LANES}u + lane]; }
  }
  workgroupBarrier();
  shared_sums[thread] = lane_sum;
  workgroupBarrier();
  if (thread < ${group.length}u) {
    var sum = 0.0;
    for (var k = 0u; k < ${LANES}u; k++) { sum += shared_sums[thread * ${LANES}u + k]; }
    sums[block * ${pairs.length}u + ${group[0]}u + thread] = sum;
  }
  workgroupBarrier();`,
  );
  return `
@group(0) @binding(0) var<storage, read> blocks : array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> sums : array<f32>;
${each((row) => `@group(0) @binding(${row + 2}) var<storage, read> row${row} : ${typeOf(rows[row]!)};`, rows.length)}
var<workgroup> shared_sums : array<f32, ${GROUP * THREADS}>;
${OPENING}
  let slot = thread / ${LANES}u;
  let lane = thread % ${LANES}u;
  let start = blocks[block].x;
  let end = blocks[block].y;
  ${each((pair) => `var total${pair} = 0.0;`, pairs.length)}
  var i = start + thread;
  while (i < end) {
    let stop = min(end, i + ${8 * THREADS}u);
    ${each((pair) => `var part${pair} = 0.0;`, pairs.length)}
    for (; i < stop; i += ${THREADS}u) {
      ${each((row) => `let x${row} = ${elementOf(rows[row]!, `row${row}`)};`, rows.length)}
      ${pairs.map(([a, b], pair) => `part${pair} += x${a} * x${b};`).join('\n      ')}
    }
    ${each((pair) => `total${pair} += part${pair};`, pairs.length)}
  }
  ${reduction.map((code) => `{${code}\n  }`).join('\n')}
}`;
}
