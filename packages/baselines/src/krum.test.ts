import { byLevel, createTrainer, smoothed } from '@scalpel/core';
import { combineVectors, gradients, sum, type Vector } from '@scalpel/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type KrumOptions, krum } from './krum.ts';
import { mean } from './mean.ts';

const combine = (options: KrumOptions, rows: readonly (Vector | null)[]) =>
  combineVectors(
    krum(options),
    rows.map(() => 0),
    rows,
  );

const golden = [
  [1, 1, 1],
  [1, 0, 1],
  [75, -666, 23],
  [1, 2, 3],
  [2, 0, 1],
];

/** The weights, from distances of explicit vectors. */
function explicit(rows: readonly Vector[], byzantine: number, selected: number): number[] {
  const scores = rows.map((row, i) => {
    const distances = rows
      .filter((_, j) => j !== i)
      .map((other) => Math.hypot(...sum([1, row], [-1, other])) ** 2)
      .sort((a, b) => a - b);
    return distances.slice(0, rows.length - byzantine - 2).reduce((a, b) => a + b);
  });
  const ranks = scores.map((score) => scores.filter((other) => other < score).length);
  return ranks.map((rank) => (rank < selected ? 1 / selected : 0));
}

test('golden values', () => {
  const multi = combine({ byzantine: 1, selected: 4 }, golden);
  expect(multi.coefficients).toEqual([0.25, 0.25, 0, 0.25, 0.25]);
  expect(multi.direction).toEqual([1.25, 0.75, 1.5]);
  expect(combine({}, golden).coefficients).toEqual([0, 1, 0, 0, 0]);
});

test('it is that of the distances of explicit vectors', () => {
  for (const count of [3, 4, 6, 9]) {
    const next = gradients(count, count, 4);
    for (let draw = 0; draw < 10; draw++) {
      const rows = next();
      for (let byzantine = 0; byzantine <= count - 4; byzantine++) {
        for (const selected of [1, 2, count]) {
          const { coefficients } = combine({ byzantine, selected }, rows);
          expect(coefficients).toEqual(explicit(rows, byzantine, selected));
        }
      }
    }
  }
});

test('it does not follow gradients that may be anything', () => {
  const rows = gradients(5, 7, 3)().map((row) => sum([0.1, row], [1, [1, 2, 3]]));
  for (const liar of [
    [1e10, 0, 0],
    [-100, -200, -300],
    [0, 0, 0],
  ]) {
    const { coefficients } = combine({ byzantine: 2, selected: 5 }, [liar, ...rows.slice(1, -1), liar]);
    expect([coefficients[0], coefficients.at(-1)]).toEqual([0, 0]);
  }
});

test('of equal scores the first wins: two that are nearest to each other have the same', () => {
  const rows = [
    [0, 9],
    [1, 0],
    [1.5, 0],
    [7, 7],
  ];
  expect(combine({}, rows).coefficients).toEqual([0, 1, 0, 0]);
  expect(combine({}, [...rows].reverse()).coefficients).toEqual([0, 1, 0, 0]);
  expect(combine({ selected: 3 }, [[1], [1], [1], [1]]).coefficients).toEqual([1 / 3, 1 / 3, 1 / 3, 0]);
});

describe('rows that differ little for their length', () => {
  const rows = [0, 1.5, 2, 2.25, 100].map((x) => [1e8, x]);
  const expected = [0, 0, 1, 0, 0];

  test.each([2 ** -900, 1e-20, 1, 2 ** 800])('are told apart, times %d', (scale) => {
    const scaled = rows.map((row) => row.map((x) => x * scale));
    expect(combine({}, scaled).coefficients).toEqual(expected);
  });

  test('inside a composition', () => {
    const combiner = byLevel({ within: krum(), across: mean() });
    const answer = combineVectors(smoothed(combiner), [0, 0, 0, 0, 0, 1], [...rows, [0, 3]]);
    expect(answer.coefficients).toEqual([0, 0, 0.5, 0, 0, 0.5]);
    const across = byLevel({ within: mean(), across: krum() });
    expect(combineVectors(across, [0, 1, 2, 3, 4], rows).coefficients).toEqual(expected);
  });

  // With more than 4096 elements, inner products are summed in float32.
  test.each([
    ['kept', 2],
    ['streamed', 2],
    ['kept', 5000],
    ['streamed', 5000],
  ] as const)('in training, gradients %s, %d elements', async (gradients, width) => {
    const variable = tf.variable(tf.zeros([width]));
    const vectors = rows.map(([far, x]) =>
      tf.tensor1d(Array.from({ length: width }, (_, i) => (i === 1 ? x! : far!))),
    );
    const trainer = createTrainer({
      objectives: vectors.map((vector, index) => ({
        name: `${index}`,
        priority: 0,
        loss: () => tf.sum(tf.mul(variable, vector)),
      })),
      combiner: krum(),
      variables: [variable],
      optimizer: tf.train.sgd(0),
      gradients,
    });
    expect((await trainer.step()).coefficients).toEqual(expected);
    trainer.dispose();
    tf.dispose([variable, ...vectors]);
  });
});

test('absent objectives are left out, and those present may be fewer than selected', () => {
  expect(
    combine({ selected: 4 }, [golden[0]!, golden[1]!, null, golden[3]!, golden[4]!]).coefficients,
  ).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(combine({ selected: 5 }, [null, ...golden.slice(1)]).coefficients).toEqual([0.25, 0.25, 0.25, 0.25]);
});

test('too few objectives are refused', () => {
  expect(() => combine({}, [[1], [2], [3]])).toThrow(
    'krum: with byzantine 1 it takes 4 objectives, but there are 3. Give more, lower byzantine, or use median.',
  );
  expect(() => combine({}, [[1], [2], [3], null])).toThrow(/but in this step there are 3/);
  expect(() => combine({ selected: 5 }, [[1], [2], [3], [4]])).toThrow(
    /^krum: selected is 5, but there are 4/,
  );
  expect(() => krum({ byzantine: -1 })).toThrow(/^krum: option byzantine/);
  expect(() => krum({ selected: 0 })).toThrow(/^krum: option selected/);
});
