/**
 * From a Gramian of 8, 64 or 256 gradients to coefficients: our combiners and the weightings of TorchJD, on
 * the same matrices.
 *
 *     SCALPEL_PYTHON=.scalpel/peers/bin/python node benchmarks/peers/combine.ts [--short]
 */
import { SymmetricMatrix } from '@scalpel/core';
import { byTurns, digits, isShort, median, ratio, table } from '../measure.ts';
import { callOf, definitions, KINDS, largeRows, smallRows } from './gramians.ts';
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
interface Answer {
  readonly microseconds: number;
  readonly weights: readonly number[];
}

/** A number of gradients, the calls on each matrix in a round, and the number of rounds. */
interface Size {
  readonly count: number;
  readonly matrices: readonly (readonly (readonly number[])[])[];
  readonly calls: number;
  readonly rounds: number;
  /** The least cosine that the directions of the two sides must have. */
  readonly agreement: number;
}

const SIZES: readonly Size[] = [
  {
    count: 8,
    matrices: smallRows().slice(0, isShort ? KINDS : undefined),
    calls: 3,
    rounds: isShort ? 1 : 5,
    agreement: 0.98,
  },
  { count: 64, matrices: largeRows(64), calls: 1, rounds: isShort ? 1 : 5, agreement: 0.9 },
  // TorchJD takes half a minute for one call of each method.
  ...(isShort ? [] : [{ count: 256, matrices: largeRows(256), calls: 1, rounds: 1, agreement: 0.8 }]),
];

/**
 * The median microseconds of a call on each matrix, and its answer. Null for methods that take no Gramians.
 */
function ours(id: string, { matrices, calls }: Size): Answer[] | null {
  const definition = definitions.find((other) => other.id === id)!;
  const answers = matrices.map((rows) => {
    const call = callOf(definition, rows);
    if (call === null) return null;
    const timed = Array.from({ length: calls }, (_, step) => {
      const start = performance.now();
      const { coefficients } = call(step);
      return { microseconds: (performance.now() - start) * 1000, coefficients };
    });
    const microseconds = median(timed.map((one) => one.microseconds));
    return { microseconds, weights: timed[0]!.coefficients };
  });
  return answers.every((answer) => answer !== null) ? answers : null;
}

const middle = (answers: readonly Answer[]) => median(answers.map(({ microseconds }) => microseconds));

/** The least cosine between our direction and the peer's, over the matrices of independent gradients. */
function agreementOf(id: string, size: Size, theirs: readonly Answer[]): number {
  const kinds = size.count === 8 ? KINDS : size.matrices.length;
  const cosines = ours(id, size)!.map(({ weights: a }, index) => {
    const gramian = SymmetricMatrix.gramian(size.matrices[index]!);
    const b = theirs[index]!.weights;
    return gramian.inner(a, b) / Math.sqrt(gramian.inner(a, a) * gramian.inner(b, b));
  });
  return Math.min(...cosines.filter((_, index) => index % kinds === 0));
}

console.log('## Combine: from a Gramian to coefficients\n');
const peer = await startPeer('combine.py');
if (peer === null) process.exit(0);

for (const size of SIZES) {
  const gramians = size.matrices.map((rows) => SymmetricMatrix.gramian(rows));
  const range = [...Array(size.count).keys()];
  await peer.ask({
    gramians: gramians.map((gramian) => range.map((i) => range.map((j) => gramian.at(i, j)))),
  });
  const theirsOf = (method: string) => peer.ask<Answer[]>({ method, calls: size.calls });
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const method of METHODS) {
    const agreement = agreementOf(method, size, await theirsOf(method));
    if (!(agreement > size.agreement)) {
      console.error(`${method}: the cosine between our direction and TorchJD's is ${agreement}.`);
      process.exitCode = 1;
    }
    const { own, theirs } = await byTurns(size.rounds, {
      own: () => middle(ours(method, size)!),
      theirs: async () => middle(await theirsOf(method)),
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
  console.log(`### ${size.count} gradients\n`);
  console.log(
    `Microseconds; ${gramians.length} Gramians, ${size.rounds === 1 ? 'one round after one that warms up' : `medians of ${size.rounds} rounds`}. The cosine is the least between the two directions where the gradients are independent: ` +
      'TorchJD regularises (dualproj, upgrad), stops early (mgda), and draws other orders (pcgrad, gradvac).\n',
  );
  console.log(table(['method', 'ours', 'TorchJD', 'ratio', 'cosine'], rows));
  const goal = size.count === 8 ? ' (to reach: 10 ×)' : '';
  console.log(`\nMedian ratio over the methods: **${digits(median(ratios))} ×**${goal}.\n`);
}
console.log(`${versionsOf(peer)}\n`);
peer.end();

console.log('### Every method that takes Gramians\n');
console.log(
  'Milliseconds of one call with equal losses: the slower of two calls, one on independent gradients ' +
    'and one on gradients of which half conflict with the rest. To reach with 256: 500, and 2000 for upgrad and epo; upgrad with 64: 20.\n',
);
const large = [8, 64, 256]
  .slice(0, isShort ? 2 : 3)
  .map((count) => ({ count, matrices: largeRows(count), calls: 3 }));
const all = definitions.flatMap(({ id }) => {
  const times = large.map((size) => ours(id, { ...size, rounds: 1, agreement: 0 }));
  if (times.some((answers) => answers === null)) return [];
  return [[id, ...times.map((answers) => digits(Math.max(...answers!.map((a) => a.microseconds)) / 1000))]];
});
console.log(table(['method', ...large.map(({ count }) => `${count}`)], all));
