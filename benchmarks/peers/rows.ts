/**
 * Milliseconds of the passes *gram* and *map* over 10 million parameters on the wasm backend, beside the same formulas in PyTorch,
 * TorchJD's Gramian, and the time that the bytes alone take.
 *
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/rows.ts [--short]
 */
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { SymmetricMatrix } from '@scalpel/core';
import { combinations, innerProducts, type Row } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { byTurns, digits, isShort, median, ratio, table } from '../measure.ts';
import { type Peer, startPeer, versionsOf } from './python.ts';
import { expectSame, sample, uniform } from './uniform.ts';

const PARAMETERS = isShort ? 400_000 : 10_000_000;
const ROUNDS = isShort ? 1 : 15;
/** What float32 sums of so many terms lose in PyTorch. */
const TOLERANCE = 1e-4;
/** Reads three rows for *gram*, and again for *map*, which writes two: 4 bytes each. */
const BLOOP_BYTES = 8 * 4 * PARAMETERS;

interface Bloop {
  readonly milliseconds: number;
  readonly direction: number[];
  readonly average: number[];
}

interface Gramian {
  readonly milliseconds: number;
  readonly gramian: number[];
}

/** Rows that pull against each other: the same in rows.py. */
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

/** Bloop's step on the rows [main gradient, other gradient, average], from inner products to the new average. */
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
  const contestants: Record<string, () => Promise<number>> = {
    'Scalpel on wasm': async () => (await ourBloop(values, variables)).milliseconds,
    'copy in WebAssembly memory': async () => ourCopy(),
  };
  if (peer) {
    const sizes = new Array<number>(variables).fill(PARAMETERS / variables);
    await peer.ask({ sizes, rows: 3 });
    const ours = await ourBloop(values, variables, true);
    for (const way of ['plain', 'in place', 'in blocks']) {
      const theirs = await peer.ask<Bloop>({ bloop: way });
      expectSame(`The direction of PyTorch, ${way}`, ours.direction, theirs.direction, TOLERANCE);
      expectSame(`The average of PyTorch, ${way}`, ours.average, theirs.average, TOLERANCE);
      contestants[`PyTorch, ${way}`] = async () => (await peer.ask<Bloop>({ bloop: way })).milliseconds;
    }
    contestants["PyTorch's copy_"] = async () => (await peer.ask<Bloop>({ copy: PARAMETERS })).milliseconds;
  }
  const { 'Scalpel on wasm': own, ...others } = await byTurns(ROUNDS, contestants);
  const rows = Object.entries(others).map(([name, times]) => {
    const isCopy = name.includes('copy');
    // A copy reads a row and writes one.
    const comparable = isCopy ? times.map((time) => (time / (8 * PARAMETERS)) * BLOOP_BYTES) : times;
    const goal = { 'PyTorch, plain': '4 ×', 'PyTorch, in place': '1.3 ×' }[name] ?? (isCopy ? '0.7 ×' : '');
    const label = isCopy ? `its bytes at the speed of: ${name}` : name;
    return [label, digits(median(comparable)), `${digits(ratio(comparable, own!))} ×`, goal];
  });
  const title = variables === 1 ? 'one variable' : `${variables} variables`;
  console.log(
    `${table([`ms; parameters in ${title}`, 'median', 'ratio', 'to reach'], [['Scalpel on wasm', digits(median(own!)), '', ''], ...rows])}\n`,
  );
}

async function compareGramian(peer: Peer | null, variables: number): Promise<void> {
  const values = matrix(8);
  const contestants: Record<string, () => Promise<number>> = {
    own: async () => (await ourGramian(values, variables)).milliseconds,
  };
  const names = { stacked: 'TorchJD, stack and J Jᵀ', concatenated: 'TorchJD, one matrix J' };
  if (peer) {
    await peer.ask({ sizes: new Array<number>(variables).fill(PARAMETERS / variables), rows: 8 });
    const ours = await ourGramian(values, variables);
    for (const [way, name] of Object.entries(names)) {
      const theirs = await peer.ask<Gramian>({ gramian: way });
      expectSame(name, ours.gramian, theirs.gramian, TOLERANCE);
      contestants[name] = async () => (await peer.ask<Gramian>({ gramian: way })).milliseconds;
    }
  }
  const { own, ...others } = await byTurns(ROUNDS, contestants);
  const rows = Object.entries(others).map(([name, times]) => [
    name,
    digits(median(times)),
    `${digits(ratio(times, own!))} ×`,
    name === names.stacked ? '4 ×' : '',
  ]);
  const title = variables === 1 ? 'one variable' : `${variables} variables`;
  console.log(
    `${table([`ms; parameters in ${title}`, 'median', 'ratio', 'to reach'], [['Scalpel on wasm', digits(median(own!)), '', ''], ...rows])}\n`,
  );
}

tf.enableProdMode();
await startWasm();
console.log('## The passes *gram* and *map*\n');
const peer = await startPeer('rows.py');
console.log(
  `Bloop, K = 2 gradients and one average of ${PARAMETERS / 1e6} M parameters: all inner products, the direction and the new average. ` +
    `That moves ${BLOOP_BYTES / 1e6} MB at least. ${ROUNDS} rounds.\n`,
);
await compareBloop(peer, 1);
await compareBloop(peer, 40);
console.log(`*Gram* of K = 8 gradients of ${PARAMETERS / 1e6} M parameters:\n`);
await compareGramian(peer, 1);
await compareGramian(peer, 40);
if (peer) console.log(versionsOf(peer));
peer?.end();
