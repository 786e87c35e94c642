import { expect, test } from 'vitest';
import { bootstrap } from './bootstrap.ts';
import {
  generationalDistance,
  invertedGenerationalDistance,
  invertedGenerationalDistancePlus,
} from './front-distance.ts';
import { hypervolume } from './hypervolume.ts';
import { meanRanks } from './mean-ranks.ts';
import { deltaM, dominanceShare, lowestMain, mixedLoss, nonDominated, weaklyDominates } from './metrics.ts';
import { holm, signFlipTest } from './paired-test.ts';
import type { Point } from './points.ts';

/**
 * Every exported function of numbers: a call with one free number and otherwise valid arguments, the place of
 * the number in the error message, and the result for no input.
 */
const functions: readonly (readonly [
  name: string,
  call: (x: number) => unknown,
  place: string,
  nothing: () => unknown,
  value: unknown,
])[] = [
  [
    'weaklyDominates',
    (x) => weaklyDominates([0, 1], [1, x]),
    'losses[1][1]',
    () => weaklyDominates([], []),
    true,
  ],
  [
    'nonDominated',
    (x) =>
      nonDominated([
        [0, 1],
        [x, 0],
      ]),
    'points[1][0]',
    () => nonDominated([]),
    [],
  ],
  [
    'hypervolume',
    (x) =>
      hypervolume(
        [
          [x, 0.5],
          [0.5, 0.5],
        ],
        [1, 1],
      ),
    'points[0][0]',
    () => hypervolume([], [1, 1]),
    0,
  ],
  ['hypervolume', (x) => hypervolume([[0.5, 0.5]], [1, x]), 'reference[0][1]', () => hypervolume([], []), 0],
  ['dominanceShare', (x) => dominanceShare([[x]], [[1]]), 'a[0][0]', () => dominanceShare([], [[1]]), 0],
  [
    'dominanceShare',
    (x) => dominanceShare([[1]], [[1], [x]]),
    'b[1][0]',
    () => dominanceShare([[1]], []),
    null,
  ],
  ['deltaM', (x) => deltaM([1, x], [1, 1]), 'metrics[0][1]', () => deltaM([], []), null],
  ['deltaM', (x) => deltaM([1, 1], [1, x]), 'metrics[1][1]', () => deltaM([], []), null],
  ['lowestMain', (x) => lowestMain([[0, x]], 1), 'points[0][1]', () => lowestMain([], 1), null],
  ['lowestMain', (x) => lowestMain([[0, 1]], x), 'auxiliary', () => lowestMain([], 1), null],
  [
    'mixedLoss',
    (x) =>
      mixedLoss(
        [
          [0, 1],
          [x, 1],
        ],
        0.5,
      ),
    'points[1][0]',
    () => mixedLoss([], 0),
    Number.POSITIVE_INFINITY,
  ],
  [
    'mixedLoss',
    (x) => mixedLoss([[0, 1]] as readonly Point[], x),
    't',
    () => mixedLoss([], 1),
    Number.POSITIVE_INFINITY,
  ],
  ...(
    [invertedGenerationalDistance, invertedGenerationalDistancePlus, generationalDistance] as const
  ).flatMap(
    (distance) =>
      [
        [
          distance.name,
          (x: number) => distance([[0, x]], [[1, 1]]),
          'points[0][1]',
          () => distance([], [[1, 1]]),
          Number.POSITIVE_INFINITY,
        ],
        [
          distance.name,
          (x: number) =>
            distance(
              [[0, 0]],
              [
                [1, 1],
                [x, 1],
              ],
            ),
          'front[1][0]',
          () => distance([], [[1, 1]]),
          Number.POSITIVE_INFINITY,
        ],
      ] as const,
  ),
  ['signFlipTest', (x) => signFlipTest([1, x, 2]), 'differences[1]', () => signFlipTest([]), null],
  ['holm', (x) => holm([0.1, x]), 'values[1]', () => holm([]), []],
  ['bootstrap', (x) => bootstrap([1, 2, 3], () => x), 'statistic[0]', () => bootstrap([], () => 1), null],
];

test.each(functions)(
  '%s says which number is not finite, and knows what nothing is',
  (name, call, place, nothing, value) => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => call(wrong)).toThrow(`${name}: ${place} is ${wrong}, but must be a finite number.`);
    }
    expect(() => call(0.5)).not.toThrow();
    expect(nothing()).toEqual(value);
  },
);

test('a statistic that is NaN for some draws alone', () => {
  const lucky = (drawn: readonly number[]) => (drawn.includes(3) ? 1 : Number.NaN);
  expect(() => bootstrap([1, 2, 3], lucky)).toThrow(/^bootstrap: drawn\[\d+\] is NaN/);
});

test('mean ranks want a number for each problem and label', () => {
  const ranks = (scores: readonly (readonly number[])[]) => meanRanks(['p', 'q'], ['a', 'b'], scores);
  expect(() =>
    ranks([
      [1, 2],
      [Number.NaN, 1],
    ]),
  ).toThrow('meanRanks: scores[1][0] is NaN');
  expect(() => ranks([[1, 2]])).toThrow('meanRanks: scores has 1 rows. Give a row for each problem');
  expect(() => ranks([[1, 2], [1]])).toThrow('meanRanks: scores has 1 numbers in row 1.');
});

test('points of different numbers of losses, and a front that is not there', () => {
  expect(() => weaklyDominates([1], [1, 2])).toThrow(
    'weaklyDominates: losses[1] has 2 losses and losses[0] has 1. Give all the same.',
  );
  expect(() => dominanceShare([[1]], [[1], [1, 2]])).toThrow(
    'dominanceShare: b[1] has 2 losses and a[0] has 1.',
  );
  expect(() => generationalDistance([[1]], [[1, 2]])).toThrow(
    'generationalDistance: points[0] has 1 losses and front[0] has 2.',
  );
  expect(() => invertedGenerationalDistance([[1]], [])).toThrow(
    'invertedGenerationalDistance: front has no points.',
  );
});
