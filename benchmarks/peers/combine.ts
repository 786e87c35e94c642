/**
 * Microseconds from a Gramian of eight gradients to coefficients: our combiners and the weightings of TorchJD, on the same matrices.
 *
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/combine.ts [--short]
 */
import { plugin } from '@scalpel/baselines';
import { checkOptions, type GramianCombiner, normal, randomFrom, SymmetricMatrix } from '@scalpel/core';
import { byTurns, digits, isShort, median, ratio, table } from '../measure.ts';
import { startPeer, versionsOf } from './python.ts';

const METHODS = [
  'mgda',
  'pcgrad',
  'gradvac',
  'cagrad',
  'imtl-g',
  'fairgrad',
  'aligned-mtl',
  'dualproj',
  'upgrad',
  'krum',
  'cr-mogm',
];
const ROWS = 8;
const ROUNDS = isShort ? 1 : 5;
/** Least cosine between the two sides' directions. */
const AGREEMENT = 0.98;

const KINDS = 4;
/** Gramians of eight gradients: independent, dependent, pulling against each other, and of lengths from 1e-3 to 1e4. */
function gramians(): SymmetricMatrix[] {
  const random = randomFrom(8);
  const rows = (width: number) =>
    Array.from({ length: ROWS }, () => Array.from({ length: width }, () => normal(random)));
  return [0, 1, 2, 3].flatMap(() => {
    const independent = rows(20);
    const factors = rows(4);
    const basis = rows(20).slice(0, 4);
    const dependent = factors.map((row) =>
      basis[0]!.map((_, entry) => row.reduce((sum, x, i) => sum + x * basis[i]![entry]!, 0)),
    );
    const together = rows(4).map((row) => [...row, 0.5]);
    const scaled = rows(20).map((row, i) => row.map((x) => x * 10 ** (i - 3)));
    return [independent, dependent, together, scaled].map((matrix) => SymmetricMatrix.gramian(matrix));
  });
}

/** Those that Krum looks at. */
function distancesFrom(gramian: SymmetricMatrix): SymmetricMatrix {
  return SymmetricMatrix.from(gramian.size, (i, j) =>
    Math.max(0, gramian.at(i, i) + gramian.at(j, j) - 2 * gramian.at(i, j)),
  );
}

interface Answer {
  readonly microseconds: number;
  readonly weights: readonly number[];
}

/** Median microseconds of a call on each matrix, and what it answered. */
function ours(method: string, matrices: readonly SymmetricMatrix[]): Answer[] {
  const { create, options } = plugin.combiners!.find(({ id }) => id === method)!;
  const combiner = create(checkOptions(method, options, {}) as never) as GramianCombiner;
  const setup = {
    rows: Array.from({ length: ROWS }, (_, row) => ({ objective: `objective ${row}`, level: 0, batch: 0 })),
    levels: 1,
  };
  const memory = combiner.init?.(setup);
  return matrices.map((gramian) => {
    const call = (step: number) =>
      combiner.combine({
        setup,
        rows: setup.rows,
        losses: setup.rows.map(() => 1),
        gramian,
        distances: distancesFrom(gramian),
        precision: 1e-16,
        step,
        epoch: 0,
        random: randomFrom(0, step),
        memory,
      });
    const { coefficients } = call(0);
    const times = [1, 2, 3].map((step) => {
      const start = performance.now();
      call(step);
      return (performance.now() - start) * 1000;
    });
    return { microseconds: median(times), weights: coefficients };
  });
}

/** The least cosine between our direction and the peer's, over the matrices of independent gradients. */
function agreementOf(method: string, theirs: readonly Answer[]): number {
  const cosines = ours(method, matrices).map(({ weights: a }, index) => {
    const gramian = matrices[index]!;
    const b = theirs[index]!.weights;
    return gramian.inner(a, b) / Math.sqrt(gramian.inner(a, a) * gramian.inner(b, b));
  });
  return Math.min(...cosines.filter((_, index) => index % KINDS === 0));
}

console.log('## Combine: from a Gramian of 8 gradients to coefficients\n');
const peer = await startPeer('combine.py');
if (peer === null) process.exit(0);
const matrices = gramians().slice(0, isShort ? KINDS : undefined);
const range = [...Array(ROWS).keys()];
await peer.ask(matrices.map((matrix) => range.map((i) => range.map((j) => matrix.at(i, j)))));

const rows: string[][] = [];
const ratios: number[] = [];
for (const method of METHODS) {
  const agreement = agreementOf(method, await peer.ask<Answer[]>(method));
  if (!(agreement > AGREEMENT)) {
    console.error(`${method}: the cosine between our direction and TorchJD's is ${agreement}.`);
    process.exitCode = 1;
  }
  const { own, theirs } = await byTurns(ROUNDS, {
    own: () => median(ours(method, matrices).map(({ microseconds }) => microseconds)),
    theirs: async () => median((await peer.ask<Answer[]>(method)).map(({ microseconds }) => microseconds)),
  });
  const times = ratio(theirs, own);
  ratios.push(times);
  rows.push([
    method,
    digits(median(own)),
    digits(median(theirs)),
    `${digits(times)} ×`,
    agreement.toFixed(4),
  ]);
}
peer.end();

console.log(
  `Microseconds; ${matrices.length} Gramians, medians of ${ROUNDS} rounds. The cosine is the least between the two directions where the gradients are independent: ` +
    'TorchJD regularises (dualproj, upgrad), stops early (mgda), and draws other orders (pcgrad, gradvac).\n',
);
console.log(table(['method', 'ours', 'TorchJD', 'ratio', 'cosine'], rows));
console.log(
  `\nMedian ratio over the methods: **${digits(median(ratios))} ×** (to reach: 10 ×). ${versionsOf(peer)}`,
);
