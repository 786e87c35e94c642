import type { Combination } from '@scalpel/core/rows';
import { engine, Tensor } from '@tensorflow/tfjs-core';
import type { WatchedBackend } from '../backend.ts';
import { bindableTensors, Commands, OPENING, THREADS } from './commands.ts';
import { chunks, elementOf, type Part, packed, partOf, type RowBuffer, split, typeOf } from './parts.ts';

/** The *map* pass. It reads every row once, unless there are more rows than a kernel can bind. */
export function map(backend: WatchedBackend, combinations: readonly Combination[]): (Tensor | null)[][] {
  const results = combinations.map((combination) => resultsOf(backend, combination));
  const columns = combinations.map(({ column }, variable) =>
    results[variable]!.every((tensor) => tensor === null) ? column.map(() => null) : column,
  );
  const { large, small } = split(columns);
  if (large.length + small.length === 0) return results;
  const commands = new Commands(backend, 'map');
  const most = bindableTensors(backend);
  for (const variable of large) {
    const wanted = results[variable]!.flatMap((tensor, index) => (tensor ? [{ tensor, index }] : []));
    const part = partOf(commands, columns[variable]!, variable);
    const outputs = wanted.map(({ tensor }) => inFull(commands.targetOf(tensor)));
    const lists = wanted.map(({ index }) => combinations[variable]!.coefficients[index]!);
    combine(commands, part, outputs, () => lists, most);
  }
  if (small.length > 0) {
    const count = combinations[small[0]!]!.coefficients.length;
    const part = packed(commands, columns, small);
    const outputs = Array.from({ length: count }, () =>
      inFull(commands.temporary(4 * part.blocks.at(-1)!.end)),
    );
    combine(commands, part, outputs, (variable) => combinations[variable]!.coefficients, most);
    for (const { variable, start, end } of part.blocks) {
      for (const [index, tensor] of results[variable]!.entries()) {
        if (tensor)
          commands.copy(outputs[index]!.buffer, 4 * start, commands.targetOf(tensor), 0, 4 * (end - start));
      }
    }
  }
  commands.submit();
  return results;
}

/** Tensors for the results: first rows that are used up, then new tensors. */
function resultsOf(backend: WatchedBackend, { column, coefficients, spent }: Combination): (Tensor | null)[] {
  // If the rows do not fit into one kernel, results are written before the last row is read.
  const fits = column.length + coefficients.length <= bindableTensors(backend);
  const free = column.filter(
    (tensor, row): tensor is Tensor =>
      tensor instanceof Tensor && row < spent && fits && backend.refCount(tensor.dataId) === 1,
  );
  return coefficients.map((list) => {
    const first = column.find((tensor, row) => tensor !== null && list[row] !== 0);
    if (!first) return null;
    return free.shift() ?? fresh(backend, first.shape);
  });
}

function inFull(buffer: GPUBuffer): RowBuffer {
  return { buffer, isHalf: false };
}

function fresh(backend: WatchedBackend, shape: number[]): Tensor {
  // A tensor without elements has nothing on the device to read back.
  const values = shape.includes(0) ? new Float32Array(0) : undefined;
  return engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, 'float32', values));
}

/**
 * Writes the combinations of the part's rows into `outputs`. `lists` gives each variable's coefficients over
 * all rows, one list per output.
 */
function combine(
  commands: Commands,
  { blocks, rows, buffers }: Part,
  outputs: readonly RowBuffer[],
  lists: (variable: number) => readonly (readonly number[])[],
  most: number,
): void {
  // If a result replaces a row, all rows are read in the same pass that writes it, and there is no other
  // pass.
  const fits = new Set([...buffers, ...outputs].map(({ buffer }) => buffer)).size <= most;
  for (const results of chunks([...outputs.keys()], fits ? outputs.length : Math.floor(most / 2))) {
    const targets = results.map((result) => outputs[result]!);
    const groups = chunks([...rows.keys()], fits ? rows.length : most - targets.length);
    for (const [index, group] of groups.entries()) {
      // A result may be in the buffer of a row.
      const inputs = group.map((position) => buffers[position]!);
      const byBuffer = new Map([...inputs, ...targets].map((row) => [row.buffer, row]));
      const bound = [...byBuffer.values()];
      const positionOf = ({ buffer }: RowBuffer) => [...byBuffer.keys()].indexOf(buffer);
      const stride = group.length * results.length;
      const variables = [...new Set(blocks.map(({ variable }) => variable))];
      const place = new Map(variables.map((variable, order) => [variable, order * stride]));
      const coefficients = Float32Array.from(
        variables.flatMap((variable) =>
          results.flatMap((result) => group.map((position) => lists(variable)[result]![rows[position]!]!)),
        ),
      );
      const table = Uint32Array.from(
        blocks.flatMap(({ variable, start, end }) => [start, end, place.get(variable)!, 0]),
      );
      const code = source({
        bound,
        inputs: inputs.map(positionOf),
        outputs: targets.map(positionOf),
        adds: index > 0,
      });
      const bindings = [commands.table(table), commands.table(coefficients), ...byBuffer.keys()];
      commands.run(
        code,
        bindings.map((buffer) => ({ buffer })),
        blocks.length,
      );
    }
  }
}

/** Buffers, and the positions of those that are read and written. A buffer may be both. */
interface Shape {
  readonly bound: readonly RowBuffer[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Whether the kernel adds to the earlier values of its outputs. */
  readonly adds: boolean;
}

function source({ bound, inputs, outputs, adds }: Shape): string {
  const access = (binding: number) => (outputs.includes(binding) ? 'read_write' : 'read');
  const terms = (result: number) =>
    inputs.map((_, row) => {
      const name = `c${result}_${row}`;
      // A row with coefficient zero has no effect, even if it is infinite.
      return `select(0.0, ${name} * x${row}, ${name} != 0.0)`;
    });
  return `
@group(0) @binding(0) var<storage, read> blocks : array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> coefficients : array<f32>;
${bound.map((row, b) => `@group(0) @binding(${b + 2}) var<storage, ${access(b)}> b${b} : ${typeOf(row)};`).join('\n')}
${OPENING}
  let start = blocks[block].x;
  let end = blocks[block].y;
  let place = blocks[block].z;
  ${outputs
    .flatMap((_, result) =>
      inputs.map(
        (_, row) => `let c${result}_${row} = coefficients[place + ${result * inputs.length + row}u];`,
      ),
    )
    .join('\n  ')}
  for (var i = start + thread; i < end; i += ${THREADS}u) {
    ${inputs.map((binding, row) => `let x${row} = ${elementOf(bound[binding]!, `b${binding}`)};`).join('\n    ')}
    ${outputs.map((binding, result) => `let y${result} = ${[...(adds ? [`b${binding}[i]`] : []), ...terms(result)].join(' + ')};`).join('\n    ')}
    ${outputs.map((binding, result) => `b${binding}[i] = y${result};`).join('\n    ')}
  }
}`;
}
