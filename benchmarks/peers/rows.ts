/**
 * Milliseconds of the passes *gram* and *map* over 10 million parameters on the wasm backend. They are
 * compared with the same formulas in PyTorch, with TorchJD's Gramian, and with the time to copy the bytes
 * alone.
 *
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/rows.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { SymmetricMatrix } from '@scalpel/core';
import { combinations, innerProducts, type Row } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { byTurns, type Contestant, digits, isShort, median, ratio, table } from '../measure.ts';
import { type Peer, startPeer, versionsOf } from './python.ts';
import { errorOf, sample, uniform } from './uniform.ts';

const PARAMETERS = isShort ? 400_000 : 10_000_000;
const OURS = 'Scalpel on wasm';
const COPY = 'copy in WebAssembly memory';
const ROUNDS = isShort ? 1 : 15;
/**
 * The largest errors against float64, relative to the largest element: for our float32 results, and for the
 * float32 sums of the peers.
 */
const TOLERANCE = { ours: 1e-6, bloop: 1e-3, gramian: 1e-2 };
/** *gram* reads three rows; *map* reads them again and writes two. An element has 4 bytes. */
const BLOOP_BYTES = 8 * 4 * PARAMETERS;
/** The number of gradients of the compared Gramian. Each is read once. */
const GRADIENTS = 8;
const GRAMIAN_BYTES = GRADIENTS * 4 * PARAMETERS;

interface Bloop {
  readonly milliseconds: number;
  readonly direction: number[];
  readonly average: number[];
}

interface Gramian {
  readonly milliseconds: number;
  readonly gramian: number[];
}

/** Rows in conflict with each other, the same as in rows.py. */
function matrix(count: number): Float32Array[] {
  const common = uniform(0, PARAMETERS);
  return Array.from({ length: count }, (_, row) =>
    uniform(row + 1, PARAMETERS).map((x, index) => x + (-0.5) ** (row % 2) * common[index]!),
  );
}

function rowOf(values: Float32Array, variables: number): tf.Tensor[] {
  const size = PARAMETERS / variables;
  return Array.from({ length: variables }, (_, variable) =>
    tf.tensor1d(values.subarray(variable * size, (variable + 1) * size)),
  );
}

/**
 * Bloop's step on the rows [main gradient, other gradient, average], from inner products to the new average.
 */
async function ourBloop(values: readonly Float32Array[], variables: number, sampled = false): Promise<Bloop> {
  const rows = values.map((row) => rowOf(row, variables));
  const combiner = bloop({ lambda: 0.5, rho: 0.01 });
  const setup = {
    rows: [0, 1].map((level) => ({ objective: `objective ${level}`, level, batch: 0 })),
    levels: 2,
  };
  const start = performance.now();
  const { byVariable, precision } = await innerProducts(rows);
  const { coefficients, remember } = combiner.combine({
    setup,
    rows: setup.rows,
    losses: [1, 1],
    gramian: sumOf(byVariable),
    precision,
    step: 0,
    epoch: 0,
    random: Math.random,
    memory: combiner.init!(setup),
  });
  const [direction, average] = combinations(rows, 2, () => [coefficients, ...remember!]) as tf.Tensor[][];
  const milliseconds = performance.now() - start;
  const result = {
    milliseconds,
    direction: sampled ? sampleOf(direction!) : [],
    average: sampled ? sampleOf(average!) : [],
  };
  tf.dispose([direction!, average!, rows[2]!]);
  return result;
}

function sampleOf(row: Row): number[] {
  return sample(tf.tidy(() => tf.concat1d(row as tf.Tensor1D[])).dataSync());
}

async function ourGramian(values: readonly Float32Array[], variables: number): Promise<Gramian> {
  const rows = values.map((row) => rowOf(row, variables));
  const start = performance.now();
  const gramian = sumOf((await innerProducts(rows)).byVariable);
  const milliseconds = performance.now() - start;
  tf.dispose(rows);
  return { milliseconds, gramian: values.flatMap((_, i) => values.map((_, j) => gramian.at(i, j))) };
}

function sumOf(parts: readonly SymmetricMatrix[]): SymmetricMatrix {
  return SymmetricMatrix.from(parts[0]!.size, (i, j) => parts.reduce((sum, part) => sum + part.at(i, j), 0));
}

/** Copies a row to another one within the WebAssembly memory. */
function ourCopy(): number {
  const [source, target] = [tf.ones([PARAMETERS]), tf.zeros([PARAMETERS])];
  const [from, to] = [source, target].map((tensor) =>
    (tf.backend() as BackendWasm).typedArrayFromHeap(tensor),
  );
  const start = performance.now();
  to!.set(from!);
  const milliseconds = performance.now() - start;
  tf.dispose([source, target]);
  return milliseconds;
}

async function compareBloop(peer: Peer | null, variables: number): Promise<void> {
  const values = matrix(3);
  const contestants: Record<string, Contestant> = {
    [OURS]: async () => (await ourBloop(values, variables)).milliseconds,
    'of that, *gram*': async () => (await ourGramian(values, variables)).milliseconds,
    [COPY]: ourCopy,
  };
  const errors: Record<string, number> = {};
  if (peer) {
    await peer.ask({ sizes: new Array<number>(variables).fill(PARAMETERS / variables), rows: 3 });
    const ask = (way: string) => peer.ask<Bloop>({ bloop: way });
    const exact = await ask('exact');
    const check = (name: string, answer: Bloop, tolerance: number) => {
      const parts = (['direction', 'average'] as const).map((part) =>
        errorOf(`${name}: the ${part}`, answer[part], exact[part], tolerance),
      );
      errors[name] = Math.max(...parts);
    };
    check(OURS, await ourBloop(values, variables, true), TOLERANCE.ours);
    for (const way of ['plain', 'in place', 'in blocks']) {
      check(`PyTorch, ${way}`, await ask(way), TOLERANCE.bloop);
      contestants[`PyTorch, ${way}`] = async () => (await ask(way)).milliseconds;
    }
    contestants["PyTorch's copy_"] = async () => (await peer.ask<Bloop>({ copy: PARAMETERS })).milliseconds;
  }
  const times = atSpeedOfCopies(await byTurns(ROUNDS, contestants), BLOOP_BYTES);
  print(variables, times, errors, BLOOP_GOALS);
  printLimit(times, 'PyTorch, in blocks');
}

/** Turns times of copies into the times that these bytes would take at that speed. */
function atSpeedOfCopies(
  times: Readonly<Record<string, number[]>>,
  bytes: number,
): Readonly<Record<string, number[]>> {
  return Object.fromEntries(
    Object.entries(times).map(([name, each]) =>
      name.includes('copy')
        ? // A copy reads a row and writes one.
          [`the bytes at the speed of ${name}`, each.map((time) => (time * bytes) / (8 * PARAMETERS))]
        : [name, each],
    ),
  );
}

function printLimit(times: Readonly<Record<string, number[]>>, peer: string): void {
  const theirs = times[peer];
  if (theirs === undefined) return;
  const limit = digits(ratio(theirs, times[`the bytes at the speed of ${COPY}`]!));
  console.log(`At the speed of a copy the ratio to ${peer} would be ${limit} ×.\n`);
}

async function compareGramian(peer: Peer | null, variables: number): Promise<void> {
  const values = matrix(GRADIENTS);
  const contestants: Record<string, Contestant> = {
    [OURS]: async () => (await ourGramian(values, variables)).milliseconds,
    [COPY]: ourCopy,
  };
  const errors: Record<string, number> = {};
  if (peer) {
    await peer.ask({ sizes: new Array<number>(variables).fill(PARAMETERS / variables), rows: GRADIENTS });
    const ask = (way: string) => peer.ask<Gramian>({ gramian: way });
    const exact = await ask('exact');
    const check = (name: string, { gramian }: Gramian, tolerance: number) => {
      errors[name] = errorOf(name, gramian, exact.gramian, tolerance);
    };
    check(OURS, await ourGramian(values, variables), TOLERANCE.ours);
    for (const [way, name] of [
      ['stacked', 'TorchJD, stack and J Jᵀ'],
      ['concatenated', 'TorchJD, one matrix J'],
    ] as const) {
      check(name, await ask(way), TOLERANCE.gramian);
      contestants[name] = async () => (await ask(way)).milliseconds;
    }
  }
  const times = atSpeedOfCopies(await byTurns(ROUNDS, contestants), GRAMIAN_BYTES);
  print(variables, times, errors, GRAMIAN_GOALS);
  const products = (GRADIENTS * (GRADIENTS + 1)) / 2;
  // A multiplication and an addition, each for two elements at a time.
  const perNanosecond = (products * PARAMETERS) / (1e6 * median(times[OURS]!));
  console.log(`That is ${digits(perNanosecond)} operations on two float64 lanes a nanosecond on our side.\n`);
  printLimit(times, 'TorchJD, stack and J Jᵀ');
}

/** The least ratios to reach. */
const BLOOP_GOALS: Readonly<Record<string, string>> = {
  'PyTorch, plain': '4 ×',
  'PyTorch, in place': '1.3 ×',
  'PyTorch, in blocks': '1.3 ×',
  [`the bytes at the speed of ${COPY}`]: '0.7 ×',
  "the bytes at the speed of PyTorch's copy_": '0.7 ×',
};
const GRAMIAN_GOALS: Readonly<Record<string, string>> = { 'TorchJD, stack and J Jᵀ': '4 ×' };

function print(
  variables: number,
  times: Readonly<Record<string, number[]>>,
  errors: Readonly<Record<string, number>>,
  goals: Readonly<Record<string, string>>,
): void {
  const own = times[OURS]!;
  const rows = Object.entries(times).map(([name, each]) => [
    name,
    digits(median(each)),
    name === OURS || name.startsWith('of that') ? '' : `${digits(ratio(each, own))} ×`,
    goals[name] ?? '',
    errors[name]?.toExponential(0) ?? '',
  ]);
  const title = variables === 1 ? 'in one variable' : `in ${variables} variables`;
  console.log(`${table([`${title}, ms`, 'median', 'ratio', 'to reach', 'error'], rows)}\n`);
}

tf.enableProdMode();
await startWasm();
console.log('## The passes *gram* and *map*\n');
const peer = await startPeer('rows.py');
console.log(
  `Bloop, K = 2 gradients and one average of ${PARAMETERS / 1e6} M parameters: all inner products, the direction and the new average. ` +
    `That moves ${BLOOP_BYTES / 1e6} MB at least. Medians of ${ROUNDS} rounds; errors against the same in float64, relative to the largest element. PyTorch's formulas need two inner products.\n`,
);
await compareBloop(peer, 1);
await compareBloop(peer, 40);
console.log(`*Gram* of K = ${GRADIENTS} gradients of ${PARAMETERS / 1e6} M parameters:\n`);
await compareGramian(peer, 1);
await compareGramian(peer, 40);
if (peer) {
  console.log(
    'Two goals cannot be reached here. **PyTorch in place** moves few bytes too, and has 16 lanes of ' +
      'float32 (AVX-512): even at the speed of a copy, our lead would stay below 1.3. **TorchJD that ' +
      'multiplies variable by variable** works in float32, in the cache, 16 lanes at a time. Our products' +
      ' use two lanes of float64. In float64, products of float32 numbers are exact, so that nearly ' +
      'dependent gradients can be told apart (see the errors). The processor does about two such ' +
      'operations a cycle, which is the time of our *gram* of 8 gradients. Our lead over the plain ' +
      'formula is smaller with small variables: PyTorch then finds its intermediate results in the cache.\n',
  );
  console.log(versionsOf(peer));
}
peer?.end();
