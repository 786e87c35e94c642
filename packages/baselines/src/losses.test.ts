import { checkOptions, createVectorEngine, type GradientCombiner } from '@scalpel/core';
import { withPriorities } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { plugin } from './index.ts';
import { isForTwoLevels, neededOptions } from './testing/needs.ts';

/* Losses of any size that float64 can hold. */

const rows = [
  [1, 2, 0.5],
  [-1, 1, 1],
  [0.5, -2, 1],
];

function create(id: string, options: object = {}): GradientCombiner {
  const definition = plugin.combiners!.find((combiner) => combiner.id === id)!;
  return definition.create(checkOptions(id, definition.options, options) as never);
}

/** The coefficients of three steps. The losses of each step are multiplied by the entries of `factors`. */
function coefficients(
  combiner: GradientCombiner,
  losses: readonly number[],
  factors: readonly number[] = [1, 0.75, 0.5],
): readonly (readonly number[])[] {
  const priorities = isForTwoLevels(combiner.name) ? [0, 1, 1] : [0, 0, 0];
  const engine = createVectorEngine({ combiner, objectives: withPriorities(...priorities) });
  const batches = Array.from(
    { length: combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1 },
    () => rows,
  );
  return factors.map((factor, epoch) => {
    const lossesAfter = losses.map((loss, row) => loss * factor * (1 - row / 8));
    const answer = engine.step({ batches, losses: losses.map((loss) => loss * factor), lossesAfter, epoch });
    return [...answer.coefficients, ...answer.direction];
  });
}

const EDGES = [
  [1e300, 2e300, 3e300],
  [1e308, 1.7e308, 1.5e308],
  [1e-310, 2e-310, 5e-324],
  [1e300, 1, 1e-300],
  [1e308, 0, -1e308],
  [1e-200, 2e-200, 1e200],
];

const variants: readonly (readonly [string, object])[] = [
  ...plugin.combiners!.flatMap(({ id }): (readonly [string, object])[] => {
    if (id === 'krum') return [];
    return [[id, neededOptions(id, 3)]];
  }),
  ['stch', { mu: 1e-10 }],
  ['stch', { mu: 1e-310, preference: [1e300, 1e308, 0] }],
  ['stch', { ideal: -1e308 }],
  ['stch', { warmup: 1 }],
  ['pbi', { ideal: [-1e308, 0, 1e308], preference: [1e308, 1e308, 1e300] }],
  ['cosmos', { preference: [1e308, 1.7e308, 1e-300] }],
  ['famo', { minimum: -1.7e308 }],
  ['epo', { preference: [1e308, 1, 1e-308] }],
  ['db-mtl', { regularization: 1e-8 }],
  ['gradnorm', { alpha: 1000 }],
  ['dwa', { temperature: 1e-300 }],
  ['mgda', { normalize: 'loss' }],
  ['mgda', { normalize: 'both' }],
  ['dynamic-barrier', { barrier: {} }],
  ['dynamic-barrier', { barrier: { alpha: 1e300, lowest: -1e308 } }],
  ['multiplier', { budget: -1e308, stepSize: 1e308 }],
];

test.each(variants)(
  '%s %j answers with finite numbers, or says what is wrong with the losses',
  (id, options) => {
    for (const losses of EDGES) {
      let answers: readonly (readonly number[])[] = [];
      try {
        answers = coefficients(create(id, options), losses);
      } catch (error) {
        expect((error as Error).constructor).toBe(Error);
        expect((error as Error).message).toMatch(
          /beyond float64|more than float64 holds|must be|need losses|rows differ too much/,
        );
        expect((error as Error).message).not.toMatch(/Mend/);
      }
      for (const x of answers.flat()) expect(Number.isFinite(x), `${losses}`).toBe(true);
    }
  },
);

describe('methods that compare losses answer the same for all of them times a power of two', () => {
  const ordinary = [1, 2.5, 0.75];
  test.each([
    ['pbi', () => ({})],
    ['pbi', (scale: number) => ({ ideal: [0.5 * scale, -scale, 0], preference: [1, 2, 0.5] })],
    ['pbi', (scale: number) => ({ preference: [scale, 2 * scale, scale] })],
    ['stch', (scale: number) => ({ mu: scale / 4, ideal: -scale })],
    ['epo', () => ({})],
    ['epo', () => ({ preference: [1, 3, 0.5] })],
    ['dwa', () => ({})],
    ['gradnorm', () => ({})],
  ])('%s', (id, optionsAt) => {
    const plain = coefficients(create(id, optionsAt(1)), ordinary);
    for (const power of [-1000, -500, 500, 1000]) {
      const scale = 2 ** power;
      const losses = ordinary.map((loss) => loss * scale);
      expect(coefficients(create(id, optionsAt(scale)), losses), `2^${power}`).toEqual(plain);
    }
  });

  test.each(['geometric-mean', 'famo'])('%s, to rounding of logarithms', (id) => {
    const plain = coefficients(create(id), ordinary).flat();
    for (const power of [-1000, 1000]) {
      const scaled = coefficients(
        create(id),
        ordinary.map((loss) => loss * 2 ** power),
      ).flat();
      for (const [i, x] of scaled.entries()) expect(x / plain[i]!).toBeCloseTo(1, 10);
    }
  });
});

test('stch: the maximum is taken off before anything is divided', () => {
  const [first] = coefficients(create('stch', { mu: 1e-10 }), [1e300, 2e300, 3e300]);
  expect(first!.slice(0, 3)).toEqual([0, 0, 1 / 3]);
  const [equal] = coefficients(create('stch', { mu: 1e-310 }), [1e308, 1e308, -1e308]);
  expect(equal!.slice(0, 3)).toEqual([1 / 6, 1 / 6, 0]);
});

test('dwa: a quotient of losses beyond float64 takes all weight', () => {
  const combiner = create('dwa');
  const engine = createVectorEngine({ combiner, objectives: withPriorities(0, 0) });
  const at = (epoch: number, ...losses: number[]) => engine.step({ batches: [[[1], [1]]], losses, epoch });
  at(0, 1e-300, 1);
  at(1, 1e300, 1);
  expect(at(2, 1, 1).coefficients).toEqual([2, 0]);
});

test.each([
  ['uncertainty', -0.01],
  ['imtl-l', -0.01],
])('%s: a loss whose square is infinite moves what is learned by one step', (id, step) => {
  const answers = coefficients(create(id), [1e300, 1e300, 1e300], [1, 1, 1]);
  const weights = answers.map(([first]) => first!);
  expect(Math.log(weights[1]! / weights[0]!)).toBeCloseTo(step, 10);
  expect(Math.log(weights[2]! / weights[1]!)).toBeCloseTo(step, 10);
});
