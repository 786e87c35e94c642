import { createVectorEngine } from '@scalpel/core';
import { withPriorities } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { multiplier } from './multiplier.ts';

/** The coefficients of unit gradients, one step after the other. A null loss is that of an absent objective. */
function weights(
  options: Parameters<typeof multiplier>[0],
  priorities: readonly number[],
  steps: readonly (readonly (number | null)[])[],
): readonly (readonly number[])[] {
  const engine = createVectorEngine({
    combiner: multiplier(options),
    objectives: withPriorities(...priorities),
  });
  return steps.map((losses) => {
    const rows = losses.map((loss, row) => (loss === null ? null : losses.map((_, i) => Number(i === row))));
    return engine.step({ batches: [rows], losses: losses.map((loss) => loss ?? 0) }).direction;
  });
}

test('μ ← max(0, μ + η (L₀ − b)) before the weights (μ, 1) / (1 + μ)', () => {
  const losses = [3, 2.5, 0.5, -4, 1.5, 2];
  let mu = 0;
  const expected = losses.map((loss) => {
    mu = Math.max(0, mu + 0.5 * (loss - 1));
    return [mu / (1 + mu), 1 / (1 + mu)];
  });
  const given = weights(
    { budget: 1, stepSize: 0.5 },
    [0, 1],
    losses.map((loss) => [loss, 7]),
  );
  for (const [step, [main, other]] of expected.entries()) {
    expect(given[step]![0]).toBeCloseTo(main!, 14);
    expect(given[step]![1]).toBeCloseTo(other!, 14);
  }
  expect(expected[0]![0]).toBeCloseTo(1 / 2, 14);
  expect(expected[3]![0]).toBe(0);
});

test('by default the step size is 0.01; within the budget only the auxiliary loss counts', () => {
  expect(
    weights(
      { budget: 1 },
      [0, 1],
      [
        [0.5, 1],
        [1, 1],
        [101, 1],
      ],
    ),
  ).toEqual([
    [0, 1],
    [0, 1],
    [0.5, 0.5],
  ]);
});

test('the loss of the first level is the sum of its losses; μ stays while it is absent', () => {
  const given = weights(
    { budget: 1, stepSize: 1 },
    [0, 0, 1],
    [
      [2, 2, 9],
      [null, null, 9],
      [null, 1, 9],
    ],
  );
  expect(given).toEqual([
    [0.75, 0.75, 0.25],
    [0, 0, 0.25],
    [0, 0.75, 0.25],
  ]);
});

test('on the multiplier it is dual ascent: a quadratic ends at the KKT point of its budget', () => {
  // min ½(x − 2)² subject to ½x² <= ½: x = 1 with the multiplier 1, so both weights are a half.
  const engine = createVectorEngine({
    combiner: multiplier({ budget: 0.5, stepSize: 0.05 }),
    objectives: withPriorities(0, 1),
  });
  let x = -3;
  let last: readonly number[] = [];
  for (let step = 0; step < 3000; step++) {
    const answer = engine.step({ batches: [[[x], [x - 2]]], losses: [x ** 2 / 2, (x - 2) ** 2 / 2] });
    x -= 0.2 * answer.direction[0]!;
    last = answer.coefficients;
  }
  expect(x).toBeCloseTo(1, 6);
  expect(last[0]).toBeCloseTo(0.5, 6);
});

test('losses of any size leave the weights finite', () => {
  const [first] = weights({ budget: -1e300, stepSize: 1e300 }, [0, 1], [[1e300, 1]]);
  expect(first![0]).toBe(1);
  expect(first![1]).toBeLessThan(1e-300);
});

test('a missing budget and other levels than two are refused', () => {
  expect(() => multiplier({} as never)).toThrow('multiplier: option budget: it is missing');
  expect(() => multiplier({ budget: 1, stepSize: 0 })).toThrow('multiplier: option stepSize: ');
  expect(() => weights({ budget: 1 }, [0, 1, 2], [[1, 1, 1]])).toThrow(
    'multiplier weighs two levels of priority against each other, but the objectives have 3 levels.',
  );
});
