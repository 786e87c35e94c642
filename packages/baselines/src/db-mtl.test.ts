import { createVectorEngine, SymmetricMatrix } from '@scalpel/core';
import { dot, gradients, relativeError, sum, type Vector, withPriorities } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { type DbMtlOptions, dbMtl } from './db-mtl.ts';

const zeros = (count: number) => new Array<number>(count).fill(0);

/** The answer of a new combiner to its only step. */
function combine(rows: readonly Vector[], losses: readonly number[], options: DbMtlOptions = {}): Vector {
  const objectives = withPriorities(...zeros(rows.length));
  return createVectorEngine({ combiner: dbMtl(options), objectives }).step({ batches: [rows], losses })
    .direction;
}

test('averages are those of explicit vectors, with objectives absent now and then', () => {
  for (const [beta, sigma] of [
    [0.9, 0],
    [0.5, 0.7],
    [0, 0],
  ] as const) {
    const engine = createVectorEngine({
      combiner: dbMtl({ beta, sigma }),
      objectives: withPriorities(0, 1, 1),
    });
    const next = gradients(1, 3, 5);
    const averages: Vector[] = [zeros(5), zeros(5), zeros(5)];
    for (const [step, absent] of ([[], [], [1], [0, 2], [], []] as readonly number[][]).entries()) {
      const rows = next().map((row, i) => (absent.includes(i) ? null : row));
      const losses = [0.5 + step, 3, 1e-3 * (step + 1)];
      const old = beta / (step + 1) ** sigma;
      const present = [0, 1, 2].filter((i) => !absent.includes(i));
      for (const i of present) averages[i] = sum([old, averages[i]!], [(1 - old) / losses[i]!, rows[i]!]);
      const lengths = averages.map((average) => Math.hypot(...average));
      const longest = Math.max(...present.map((i) => lengths[i]!));
      const expected = sum(...present.map((i) => [longest / lengths[i]!, averages[i]!] as const));
      expect(relativeError(engine.step({ batches: [rows], losses }).direction, expected)).toBeLessThan(1e-13);
    }
  }
});

test('the scale of an objective does not change the direction while another log-loss has the longest gradient', () => {
  const [a, b] = gradients<[Vector, Vector]>(2, 2, 4)();
  const expected = combine([a, b], [1e-3, 5]);
  for (const scale of [1e-10, 1e-3, 1e5, 1e10]) {
    const scaled = combine([a, b.map((x) => x * scale)], [1e-3, 5 * scale]);
    expect(relativeError(scaled, expected)).toBeLessThan(1e-14);
  }
});

test('every objective contributes a part of the same length', () => {
  const [a, b] = [
    [3e-4, 0],
    [0, 7e5],
  ];
  const direction = combine([a!, b!], [0.1, 20], { beta: 0 });
  expect(direction[0]).toBeCloseTo(direction[1]!, 8);
  expect(direction[0]).toBeCloseTo(35_000, 8);
});

test('a zero gradient contributes nothing', () => {
  const [a] = gradients<[Vector]>(3, 1, 4)();
  expect(relativeError(combine([a, zeros(4)], [2, 3], { beta: 0 }), sum([0.5, a]))).toBeLessThan(1e-15);
  expect(combine([zeros(4), zeros(4)], [2, 3])).toEqual(zeros(4));
});

test('an average that has cancelled contributes nothing, not the noise of rounding at full length', () => {
  const combiner = dbMtl({ beta: 0.5 });
  const engine = createVectorEngine({ combiner, objectives: withPriorities(0, 0) });
  const [a, b] = gradients<[Vector, Vector]>(4, 2, 4)();
  engine.step({ batches: [[a, b]], losses: [1, 1] });
  // ½ · ½ a − ½ · ½ a
  const opposed = a.map((x) => -x / 2);
  const { direction } = engine.step({ batches: [[opposed, b]], losses: [1, 1] });
  expect(Math.abs(dot(direction, a))).toBeLessThanOrEqual(Math.abs(dot(b, a)));
  expect(relativeError(direction, sum([0.75, b]))).toBeLessThan(1e-14);
});

test('an average whose length the inner products tell only to several percent counts as zero', () => {
  const precision = 1e-6;
  const rows = ['a', 'b'].map((objective) => ({ objective, level: 0, batch: 0 }));
  const setup = { rows, levels: 1 };
  // Of a, the gradient and its average: opposed, but for a sum of squared length 20 · precision, where both
  // terms have the length 1.
  const gramian = SymmetricMatrix.from(4, (i, j) =>
    i === j ? 1 : i === 0 && j === 2 ? 40 * precision - 1 : 0,
  );
  const context = { setup, rows, losses: [1, 1], step: 1, epoch: 0, random: () => 0, memory: undefined };
  const { coefficients } = dbMtl({ beta: 0.5 }).combine({ ...context, gramian, precision });
  expect(coefficients).toEqual([0, 0.5, 0, 0.5]);
});

test('regularization is added to the losses', () => {
  const rows = gradients(5, 2, 4)();
  const expected = combine(rows, [0.5, 0.25]);
  expect(relativeError(combine(rows, [0.25, 0], { regularization: 0.25 }), expected)).toBeLessThan(1e-15);
});

test('a loss that is not positive is refused, with its name and what to do', () => {
  expect(() => combine([[1], [1]], [1, 0])).toThrow(
    'db-mtl: the loss of "objective 1" is 0, but must be > 0, because its logarithm is taken. Add a constant',
  );
});
