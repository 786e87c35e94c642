import { describe, expect, test } from 'vitest';
import type { ElementCombiner, GradientCombiner, GramianCombiner, LossCombiner } from '../combiner.ts';
import { fork, randomFrom } from '../random.ts';
import { cosineSchedule, stepSchedule } from '../schedule.ts';
import { createVectorEngine } from './vector-engine.ts';

const sum: GradientCombiner = { name: 'sum', needs: 'nothing', weights: (rows) => rows.map(() => 1) };
const two = [
  { name: 'a', priority: 0 },
  { name: 'b', priority: 4, weight: 3 },
];

test('weights multiply gradients and losses, and coefficients speak of the gradients as given', () => {
  const byLoss: LossCombiner = {
    name: 'by-loss',
    needs: 'losses',
    combine: ({ losses }) => ({ weights: losses }),
  };
  const engine = createVectorEngine({ combiner: byLoss, objectives: two });
  const answer = engine.step({
    batches: [
      [
        [1, 0],
        [0, 1],
      ],
    ],
    losses: [5, 2],
  });
  expect(answer).toEqual({ direction: [5, 18], coefficients: [5, 18] });
});

test.each([
  [{ batches: [[[1, 2]]] }, /1 rows for 2 objectives/],
  [{ batches: [[[1, 2], [1]]] }, /Row 1 has 1 entries, but the first has 2/],
  [
    {
      batches: [
        [
          [1, 2],
          [1, Number.NaN],
        ],
      ],
    },
    /Row 1, entry 1 is NaN/,
  ],
  [{ batches: [] }, /takes 1 batch/],
  [{ batches: [[null, null]] }, /Every objective is absent/],
  [{ batches: [[[1], [1]]], losses: [1] }, /1 losses for 2 objectives/],
  [{ batches: [[[1], [1]]], losses: [1, Number.NaN] }, /The loss of row 1 is NaN/],
  [{ batches: [[null, [1]]], losses: [Number.NaN, 1 / 0] }, /The loss of row 1 is Infinity/],
])('wrong input %j is refused', (input, message) => {
  const engine = createVectorEngine({ combiner: sum, objectives: two });
  expect(() => engine.step(input)).toThrow(message);
});

test('a step that throws changes nothing', () => {
  let failing = true;
  const refuse = () => {
    if (failing) throw new Error('refused');
  };
  const combiner: GramianCombiner<number> = {
    name: 'counting',
    needs: 'gramian',
    remembers: () => 1,
    init: () => 1,
    combine: ({ memory, rows, losses }) => {
      if (losses[0] === 0) refuse();
      return {
        coefficients: [...rows.map(() => memory), 1],
        remember: [[...rows.map(() => 1), 0]],
        memory: memory + 1,
      };
    },
    after: ({ memory }) => {
      refuse();
      return memory;
    },
  };
  const engine = createVectorEngine({ combiner, objectives: two.slice(0, 1) });
  expect(() => engine.step({ batches: [[[1, 2, 3]]], losses: [0] })).toThrow('refused');
  expect(() => engine.step({ batches: [[[1, 2]]], losses: [1], lossesAfter: [1] })).toThrow('refused');
  failing = false;
  expect(engine.step({ batches: [[[1, 2]]], losses: [1] }).direction).toEqual([1, 2]);
});

test('inner products are precise to the last digits, however many entries rows have', () => {
  const first: GramianCombiner = {
    name: 'first',
    needs: 'gramian',
    combine: ({ gramian }) => ({ coefficients: [gramian.at(0, 1), 0] }),
  };
  const count = 100_000;
  const rows = [new Array<number>(count).fill(0.1), new Array<number>(count).fill(0.3)];
  const { coefficients } = createVectorEngine({
    combiner: first,
    objectives: [
      { name: 'a', priority: 0 },
      { name: 'b', priority: 0 },
    ],
  }).step({
    batches: [rows],
  });
  expect(Math.abs(coefficients[0]! / (count * (0.1 * 0.3)) - 1)).toBeLessThan(3e-16);
});

describe('rows whose squares are beyond float64', () => {
  /** The sum of the unit rows. */
  const units: GramianCombiner = {
    name: 'units',
    needs: 'gramian',
    combine: ({ gramian, rows, unit = 1 }) => ({
      coefficients: rows.map((_, row) => 1 / Math.sqrt(gramian.at(row, row)) / unit),
    }),
  };
  const step = (engine: ReturnType<typeof createVectorEngine>, ...rows: readonly (readonly number[])[]) =>
    engine.step({ batches: [rows] });

  test.each([2 ** -1000, 1e-165, 2 ** -401, 1, 2 ** 401, 1e165, 2 ** 1000])(
    'are shown in a unit that is a power of two: length %d',
    (scale) => {
      const engine = createVectorEngine({
        combiner: units,
        objectives: two.map(({ name, priority }) => ({ name, priority })),
      });
      for (const x of step(engine, [scale * 2, 0], [0, scale * 5]).direction) expect(x).toBeCloseTo(1, 14);
    },
  );

  /** The projection of the gradient on the row before it. */
  const projecting: GramianCombiner = {
    name: 'projecting',
    needs: 'gramian',
    remembers: () => 1,
    combine: ({ gramian }) => ({
      coefficients: [0, gramian.at(1, 1) === 0 ? 0 : gramian.at(0, 1) / gramian.at(1, 1)],
      remember: [[1, 0]],
    }),
  };

  test('a remembered row of another length is shown in the same unit, and vanishes where none can hold both', () => {
    const engine = createVectorEngine({ combiner: projecting, objectives: two.slice(0, 1) });
    step(engine, [2 ** 600, 2 ** 600]);
    expect(step(engine, [2 ** -100, 0]).direction).toEqual([2 ** -101, 2 ** -101]);
    expect(step(engine, [2 ** 600, 2 ** 600]).direction).toEqual([2 ** 600, 0]);
    const other = createVectorEngine({ combiner: projecting, objectives: two.slice(0, 1) });
    step(other, [2 ** -300, 0]);
    expect(step(other, [2 ** 600, 0]).direction).toEqual([0, 0]);
  });

  test('gradients that no unit can hold together are refused', () => {
    const engine = createVectorEngine({ combiner: units, objectives: two });
    expect(() => step(engine, [1e-170, 0], [1e170, 1])).toThrow(
      'the largest element of one is 2^-565, of another 2^566. Scale the gradients to within 2^800 of each other.',
    );
  });

  test('a method that sees no inner products combines any of them', () => {
    const { direction } = createVectorEngine({ combiner: sum, objectives: two }).step({
      batches: [
        [
          [1e200, 0],
          [1, 1e-200],
        ],
      ],
    });
    expect(direction).toEqual([1e200, 3e-200]);
  });

  test("an answer that is beyond float64 is nobody's mistake", () => {
    const square: GramianCombiner = {
      name: 'square',
      needs: 'gramian',
      combine: ({ gramian, unit = 1 }) => ({ coefficients: [gramian.at(0, 0) * unit * unit, 0] }),
    };
    expect(() => step(createVectorEngine({ combiner: square, objectives: two }), [1e200], [1])).toThrow(
      'The answer of square is beyond float64: the gradients or losses are too large or too small. Scale them.',
    );
  });
});

test('an element-wise combiner sees the weighted column of each element, in order, and has no coefficients', () => {
  const combiner: ElementCombiner = {
    name: 'chance',
    needs: 'elements',
    element: ({ column, losses, random }) => Math.max(...column) + losses[0]! * random(),
    combine: () => null as never,
  };
  const engine = createVectorEngine({ combiner, objectives: two, seed: 3 });
  const random = fork(randomFrom(3, 0));
  const [first, second] = [random(), random()];
  expect(engine.step({ batches: [[null, [2, -1]]], losses: [0, 0.5] })).toEqual({
    direction: [6 + 1.5 * first, -3 + 1.5 * second],
    coefficients: [],
  });
  const broken = { ...combiner, element: () => Number.NaN };
  expect(() =>
    createVectorEngine({ combiner: broken, objectives: two }).step({ batches: [[[1], [1]]] }),
  ).toThrow('The combiner chance answered with NaN for element 0. Mend its element().');
});

test('random numbers are uniform, and determined by all their seeds', () => {
  const draws = (...seeds: number[]) => {
    const random = randomFrom(...seeds);
    return Array.from({ length: 4000 }, random);
  };
  expect(draws(1, 2)).toEqual(draws(1, 2));
  expect(draws(1, 2)[0]).not.toBe(draws(2, 1)[0]);
  expect(draws(0, 1)[0]).not.toBe(draws(0, 0)[0]);
  for (const seed of [0, 1, 2 ** 31]) {
    const sample = draws(seed);
    const mean = sample.reduce((a, b) => a + b) / sample.length;
    const square = sample.reduce((a, b) => a + b * b, 0) / sample.length;
    // Four standard errors of each.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 4000));
    expect(Math.abs(square - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / 4000));
    expect(Math.min(...sample)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...sample)).toBeLessThan(1);
  }
});

test.each([0.5, 1e300, Number.NaN])('the seed %f is refused', (seed) => {
  expect(() => randomFrom(1, seed)).toThrow(`The seed is ${seed}, but must be a whole number.`);
});

test('schedules', () => {
  const cosine = cosineSchedule({ rate: 2, steps: 14, warmup: 4 });
  expect([0, 1, 3, 4].map(cosine)).toEqual([0.5, 1, 2, 2]);
  expect(cosine(9)).toBeCloseTo(1, 12);
  expect(cosine(14)).toBe(0);
  expect(cosine(20)).toBe(0);
  const stepped = stepSchedule({ rate: 1, at: [2, 4], factor: 0.5 });
  expect([0, 1, 2, 3, 4, 9].map(stepped)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
});
