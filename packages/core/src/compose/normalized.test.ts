import { describe, expect, test } from 'vitest';
import type { GramianCombiner, LossCombiner } from '../combiner.ts';
import { matrixBank } from '../testing/matrices.ts';
import { shortest } from '../testing/shortest.ts';
import { dot, gradients, relativeError, sum, type Vector, withPriorities } from '../testing/vectors.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { clipped } from './clipped.ts';
import { normalized } from './normalized.ts';

/** d = Σ g + e, where e is the moving average of Σ g. The memory counts the calls. */
const averaging: GramianCombiner<number> = {
  name: 'averaging',
  needs: 'gramian',
  remembers: () => 1,
  init: () => 0,
  combine: ({ rows, memory, gramian }) => ({
    coefficients: Array.from({ length: gramian.size }, () => 1),
    remember: [Array.from({ length: gramian.size }, (_, i) => (i < rows.length ? 0.3 : 0.7))],
    memory: memory + 1,
  }),
};

/** d = Σ g − 2 ⟨Σ g, e⟩ e / ‖e‖², where e is the moving average of Σ g. */
const reflecting: GramianCombiner = {
  name: 'reflecting',
  needs: 'gramian',
  remembers: () => 1,
  combine({ rows, gramian }) {
    const total = Array.from({ length: gramian.size }, (_, i) => Number(i < rows.length));
    const e = total.map((x) => 1 - x);
    const square = gramian.inner(e, e);
    const factor = square > 0 ? (2 * gramian.inner(total, e)) / square : 0;
    return {
      coefficients: total.map((x, i) => x - factor * e[i]!),
      remember: [total.map((x) => (x === 1 ? 0.3 : 0.7))],
    };
  },
};

const kinds = ['length', 'loss', 'both'] as const;
const losses = [0.5, 3, 20, 1, 7, 0.1];
const length = (v: Vector) => Math.hypot(...v);

/** The rows by the definition. */
const byHand = (rows: readonly Vector[], by: (typeof kinds)[number], own: readonly number[] = losses) =>
  rows.map((row, i) => {
    const divisor = (by === 'loss' ? 1 : length(row)) * (by === 'length' ? 1 : own[i]!);
    return row.map((x) => (divisor === 0 ? 0 : x / divisor));
  });

const engineOf = (combiner: GramianCombiner, count: number) =>
  createVectorEngine({ combiner, objectives: withPriorities(...new Array<number>(count).fill(0)) });

describe.each(kinds)('by %s', (by) => {
  test('the direction is that of rows that were normalised by hand, and so is the certificate', () => {
    for (const { name, rows } of matrixBank()) {
      const own = losses.slice(0, rows.length);
      const given = engineOf(normalized(shortest, { by }), rows.length).step({
        batches: [rows],
        losses: own,
      });
      const hand = byHand(rows, by);
      const expected = engineOf(shortest, rows.length).step({ batches: [hand], losses: own });
      const size = hand.reduce((total, row) => total + length(row), 0);
      expect(length(sum([1, given.direction], [-1, expected.direction])), name).toBeLessThanOrEqual(
        1e-7 * size,
      );
      expect(given.certificate!.solved, name).toBe(expected.certificate!.solved);
      expect(given.certificate!.note, name).toBe(expected.certificate!.note);
      // The coefficients are those of the rows as they were given.
      const combined = sum(...rows.map((row, i) => [given.coefficients[i]!, row] as const));
      expect(length(sum([1, given.direction], [-1, combined])), name).toBeLessThanOrEqual(1e-12 * size);
    }
  });

  test('remembered rows are averages of normalised gradients, and are not normalised again', () => {
    const [subject, plain] = [engineOf(normalized(averaging, { by }), 3), engineOf(averaging, 3)];
    for (const seed of [1, 2, 3, 4]) {
      const rows = gradients(seed, 3, 5)().map((row, i) => row.map((x) => x * 10 ** (4 * i - 4)));
      const own = losses.slice(0, 3).map((loss) => loss * seed);
      const { direction } = subject.step({ batches: [rows], losses: own });
      const expected = plain.step({ batches: [byHand(rows, by, own)], losses: own }).direction;
      expect(relativeError(direction, expected)).toBeLessThan(1e-12);
    }
  });

  test('an absent objective is left out, and an option in units of length is one of normalised rows', () => {
    const [a, b, c] = gradients(5, 3, 4)() as [Vector, Vector, Vector];
    const inner = clipped(averaging, { norm: 0.1 });
    const { direction } = engineOf(normalized(inner, { by }), 3).step({
      batches: [[a, null, c]],
      losses: [2, 0, 3],
    });
    const pair = byHand([a, c], by, [2, 3]);
    const free = sum([1, pair[0]!], [1, pair[1]!]);
    expect(length(direction)).toBeCloseTo(Math.min(0.1, length(free)), 12);
    expect(dot(direction, free) / length(direction) / length(free)).toBeCloseTo(1, 12);
    expect(b).toHaveLength(4);
  });

  test('lengths from 1e-180 to 1e180, averages included', () => {
    const steps = [1, 2, 3].map((seed) => gradients(seed, 2, 4)());
    const at = (scale: number) => {
      const engine = engineOf(normalized(reflecting, { by }), 2);
      return steps
        .map((rows) =>
          engine.step({
            batches: [rows.map((row) => row.map((x) => x * scale))],
            losses: [2, 3],
          }),
        )
        .at(-1)!.direction;
    };
    const plain = at(1);
    for (const scale of [1e-180, 1e-10, 1e10, 1e180]) {
      const factor = by === 'loss' ? scale : 1;
      expect(
        relativeError(
          at(scale).map((x) => x / factor),
          plain,
        ),
        `${scale}`,
      ).toBeLessThan(1e-12);
    }
  });
});

test('by length, scaling any gradient changes nothing', () => {
  const rows = gradients(3, 4, 6)();
  const of = (factors: readonly number[]) =>
    engineOf(normalized(shortest, { by: 'length' }), 4).step({
      batches: [rows.map((row, i) => row.map((x) => x * factors[i]!))],
    }).direction;
  const plain = of([1, 1, 1, 1]);
  for (const factors of [
    [1e-10, 1, 1e10, 3],
    [1e10, 1e10, 1e10, 1e10],
    [7, 1e-5, 1, 1e5],
  ]) {
    expect(relativeError(of(factors), plain)).toBeLessThan(1e-12);
  }
});

test('by loss, scaling an objective, its loss and gradient, changes nothing', () => {
  const rows = gradients(3, 3, 6)();
  const of = (factors: readonly number[], by: 'loss' | 'both') =>
    engineOf(normalized(shortest, { by }), 3).step({
      batches: [rows.map((row, i) => row.map((x) => x * factors[i]!))],
      losses: [1, 2, 3].map((loss, i) => loss * factors[i]!),
    }).direction;
  expect(relativeError(of([1e-10, 5, 1e10], 'loss'), of([1, 1, 1], 'loss'))).toBeLessThan(1e-12);
  // By both, the loss scales the row alone.
  expect(
    relativeError(
      of([10, 10, 10], 'both'),
      of([1, 1, 1], 'both').map((x) => x / 10),
    ),
  ).toBeLessThan(1e-12);
});

describe('zeros and signs', () => {
  const at = (by: (typeof kinds)[number], rows: readonly Vector[], own: readonly number[]) =>
    engineOf(normalized(averaging, { by }), rows.length).step({ batches: [rows], losses: own }).direction;
  const rows = [
    [3, 4],
    [0, 0],
  ];

  test('a zero gradient stays zero', () => {
    for (const by of ['length', 'both'] as const)
      expect(relativeError(at(by, rows, [1, 1]), [0.6, 0.8])).toBeLessThan(1e-15);
    expect(at('loss', rows, [2, 1])).toEqual([1.5, 2]);
  });

  test('by length, losses may have any value', () => {
    expect(relativeError(at('length', rows, [-1, 0]), [0.6, 0.8])).toBeLessThan(1e-15);
  });

  test('a loss of zero with a zero gradient is what was reached; any other loss that is not positive is refused', () => {
    expect(at('loss', rows, [2, 0])).toEqual([1.5, 2]);
    for (const by of ['loss', 'both'] as const) {
      expect(() => at(by, rows, [0, 1])).toThrow(
        `normalized(averaging) by ${by}: the loss of "objective 0" is 0, but must be > 0, because the gradient is divided by it.`,
      );
      expect(() => at(by, rows, [2, -1])).toThrow(
        `normalized(averaging) by ${by}: the loss of "objective 1" is -1`,
      );
    }
  });

  test('rows beyond float64 are refused as such', () => {
    expect(() => at('loss', [[1e200, 1]], [1e-200])).toThrow('The answer of averaging is beyond float64');
    expect(() => at('both', [[1e200, 1]], [1e200])).toThrow('The answer of averaging is beyond float64');
  });
});

test('distances are those of the normalised rows, precise where these are nearly equal', () => {
  const seen: number[] = [];
  const watching: GramianCombiner = {
    name: 'watching',
    needs: 'gramian',
    distances: true,
    combine: ({ distances, rows }) => {
      seen.push(distances!.at(0, 1), distances!.at(0, 2));
      return { coefficients: rows.map(() => 1) };
    },
  };
  const a = [3, 4, 0];
  const b = a.map((x) => 5 * x);
  const near = [3, 4, 5e-9];
  engineOf(normalized(watching, { by: 'length' }), 3).step({ batches: [[a, near, [0, 25, 0]]] });
  engineOf(normalized(watching, { by: 'length' }), 3).step({ batches: [[a, b, [0, 25, 0]]] });
  expect(seen[0]! / 1e-18).toBeCloseTo(1, 6);
  expect(seen[1]).toBeCloseTo(0.6 ** 2 + 0.2 ** 2, 12);
  expect(seen[2]).toBeLessThan(1e-15);
});

test('weights from losses are applied to normalised gradients; losses stay as they are', () => {
  const byLoss: LossCombiner = {
    name: 'by-loss',
    needs: 'losses',
    combine: (step) => ({ weights: step.losses }),
  };
  const engine = createVectorEngine({
    combiner: normalized(byLoss, { by: 'length' }),
    objectives: withPriorities(0, 0),
  });
  const { direction } = engine.step({
    batches: [
      [
        [0, 7],
        [5, 0],
      ],
    ],
    losses: [2, 3],
  });
  expect(direction).toEqual([3, 2]);
});

test('what cannot be normalised is refused', () => {
  expect(() => normalized(averaging, { by: 'size' as never })).toThrow('normalized: option by: ');
  expect(() => normalized(averaging, {} as never)).toThrow('normalized: option by: ');
});
