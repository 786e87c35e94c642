import { combineVectors, dot, matrixBank, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { fairgrad } from './fairgrad.ts';
import { type NashMtlOptions, nashMtl } from './nash-mtl.ts';

const combine = (rows: readonly (Vector | null)[], options: NashMtlOptions = {}) =>
  combineVectors(
    nashMtl(options),
    rows.map(() => 0),
    rows,
  );

const bank = matrixBank();
const solvable = bank.filter(({ rows }) => combine(rows).certificate!.note === undefined);

describe('on every matrix of the bank that has a solution', () => {
  test('each gradient contributes the same: αᵢ ⟨gᵢ, d⟩ = 1', () => {
    for (const { name, rows } of solvable) {
      const { direction, coefficients } = combine(rows);
      for (const [i, row] of rows.entries()) {
        expect(coefficients[i]! * dot(row, direction), name).toBeCloseTo(1, 9);
      }
    }
  });

  test('the squared length is the number of gradients', () => {
    for (const { name, rows } of solvable) {
      const { direction } = combine(rows);
      expect(dot(direction, direction) / rows.length, name).toBeCloseTo(1, 11);
    }
  });

  test('it does not depend on the lengths of the gradients', () => {
    for (const { name, rows } of solvable) {
      const scaled = rows.map((row, i) => row.map((x) => x * 10 ** (3 * i - 5)));
      expect(relativeError(combine(scaled).direction, combine(rows).direction), name).toBeLessThan(1e-10);
    }
  });

  test('no direction of that length has a larger product of improvements', () => {
    const logs = (rows: readonly Vector[], direction: Vector) =>
      rows.reduce((total, row) => total + Math.log(Math.max(0, dot(row, direction))), 0);
    for (const { name, rows } of solvable) {
      const { direction } = combine(rows);
      const best = logs(rows, direction);
      for (const [i, row] of rows.entries()) {
        for (const part of [-1e-2, 1e-2]) {
          const other = sum([1, direction], [(part * Math.hypot(...direction)) / Math.hypot(...row), row]);
          const factor = Math.hypot(...direction) / Math.hypot(...other);
          expect(
            logs(
              rows,
              other.map((x) => x * factor),
            ),
            `${name}, ${i}`,
          ).toBeLessThan(best + 1e-12);
        }
      }
    }
  });
});

test('FairGrad with α = 1 is the same', () => {
  for (const { name, rows } of bank) {
    const other = combineVectors(
      fairgrad({ alpha: 1 }),
      rows.map(() => 0),
      rows,
    );
    expect(combine(rows), name).toEqual(other);
  }
});

test('two gradients: αᵢ = 1 / (‖gᵢ‖ √(1 + cos))', () => {
  for (const { name, rows } of solvable.filter(({ rows }) => rows.length === 2)) {
    const [first, second] = rows.map((row) => Math.hypot(...row)) as [number, number];
    const cosine = dot(rows[0]!, rows[1]!) / first / second;
    for (const [i, length] of [first, second].entries()) {
      expect(combine(rows).coefficients[i]! * length * Math.sqrt(1 + cosine), name).toBeCloseTo(1, 12);
    }
  }
});

test('orthogonal gradients: the sum of the unit ones', () => {
  const { direction } = combine([
    [0, 1e-6, 0],
    [4, 0, 0],
    [0, 0, 1e6],
  ]);
  for (const x of direction) expect(x).toBeCloseTo(1, 14);
});

test('no solution: no direction, and the certificate says so', () => {
  for (const maxNorm of [null, 1]) {
    const zero = combine(
      [
        [0, 0],
        [3, 4],
      ],
      { maxNorm },
    );
    expect(zero.coefficients).toEqual([0, 0]);
    expect(zero.certificate!.note).toMatch(/^No solution/);
    const opposed = combine(
      [
        [1, -2],
        [-2, 4],
      ],
      { maxNorm },
    );
    expect(opposed.certificate).toMatchObject({ solved: false });
    expect(opposed.direction).toEqual([0, 0]);
  }
});

test('gradients so nearly opposed that inner products do not settle it: no direction', () => {
  const three = [
    [0.99999999, -6e-8, 5.6e-8],
    [-1.000000003, 1.54e-7, 1.23e-7],
    [1.000000022, -8.1e-8, 1.3e-8],
  ];
  const four = [
    [0.999999447, 4.98e-7, -2.11e-7],
    [-0.999999489, -2.96e-7, 2.37e-7],
    [0.999999753, -1.8e-7, 3.33e-7],
    [-1.000000594, -3.7e-8, -1.21e-7],
  ];
  for (const rows of [three, four]) {
    for (const maxNorm of [null, 1]) {
      const { direction, certificate } = combine(rows, { maxNorm });
      expect(direction).toEqual([0, 0, 0]);
      expect(certificate).toMatchObject({ solved: false, note: expect.stringMatching(/^No direction/) });
    }
  }
});

describe('maxNorm', () => {
  test('it cuts √K √‖G‖, with the Frobenius norm of the Gramian, and keeps the direction', () => {
    for (const { name, rows } of solvable) {
      const { direction } = combine(rows);
      const entries = rows.flatMap((row) => rows.map((other) => dot(row, other)));
      const before = Math.sqrt(rows.length * Math.hypot(...entries));
      for (const maxNorm of [1e-3, 1, 1e4]) {
        const cut = combine(rows, { maxNorm }).direction;
        const length = Math.min(before, maxNorm);
        expect(Math.hypot(...cut) / length, name).toBeCloseTo(1, 10);
        const factor = length / Math.hypot(...direction);
        expect(
          relativeError(
            cut,
            direction.map((x) => x * factor),
          ),
          name,
        ).toBeLessThan(1e-10);
      }
    }
  });

  test('it has to be positive', () => {
    expect(() => nashMtl({ maxNorm: 0 })).toThrow('nash-mtl: option maxNorm');
  });
});

test('golden values', () => {
  const rows = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  const exact = combine(rows);
  for (const [i, x] of [0.5914611522, 0.4070714829].entries())
    expect(exact.coefficients[i]).toBeCloseTo(x, 10);
  for (const [i, x] of [0.0765842884, 0.9985326351, 0.9985326351].entries()) {
    expect(exact.direction[i]).toBeCloseTo(x, 10);
  }
  const cut = combine(rows, { maxNorm: 1 });
  for (const [i, x] of [0.4182261915, 0.287843006].entries()) expect(cut.coefficients[i]).toBeCloseTo(x, 9);
  for (const [i, x] of [0.0541532697, 0.7060691975, 0.7060691975].entries()) {
    expect(cut.direction[i]).toBeCloseTo(x, 9);
  }
});

test('an absent objective is left out', () => {
  const { direction } = combine([[2, 0], null, [0, 5]]);
  for (const x of direction) expect(x).toBeCloseTo(1, 14);
});

describe('with a preference', () => {
  const preference = [3, 0.5, 1, 2, 0.1, 7];

  test('αᵢ ⟨gᵢ, d⟩ = pᵢ, and the squared length is their sum', () => {
    for (const { name, rows } of solvable) {
      const own = preference.slice(0, rows.length);
      const { direction, coefficients, certificate } = combine(rows, { preference: own });
      expect(certificate!.solved, name).toBe(true);
      for (const [i, row] of rows.entries()) {
        expect((coefficients[i]! * dot(row, direction)) / own[i]!, name).toBeCloseTo(1, 8);
      }
      const total = own.reduce((a, b) => a + b, 0);
      expect(dot(direction, direction) / total, name).toBeCloseTo(1, 10);
    }
  });

  test('two gradients: a rational number of times each is the same as copies of it', () => {
    const rows = [
      [1, 0.5],
      [-0.2, 1],
    ];
    // Of n copies each contributes 1 / n of α: Σ over the copies of αᵢ ⟨g, d⟩ = n.
    const copies = [rows[0]!, rows[0]!, rows[0]!, rows[1]!, rows[1]!];
    const { direction } = combine(rows, { preference: [3, 2] });
    expect(relativeError(direction, combine(copies).direction)).toBeLessThan(1e-12);
  });

  test('equal numbers c multiply the direction by √c; maxNorm limits the length all the same', () => {
    const rows = [
      [-4, 1, 1],
      [6, 1, 1],
    ];
    const four = combine(rows, { preference: [4, 4] }).direction;
    expect(
      relativeError(
        four,
        combine(rows).direction.map((x) => 2 * x),
      ),
    ).toBeLessThan(1e-12);
    const limited = combine(rows, { preference: [3, 2], maxNorm: 1 }).direction;
    expect(Math.hypot(...limited)).toBeCloseTo(1, 12);
    const free = combine(rows, { preference: [3, 2] }).direction;
    expect(
      relativeError(
        limited,
        free.map((x) => x / Math.hypot(...free)),
      ),
    ).toBeLessThan(1e-12);
  });

  test('absent objectives take their number with them', () => {
    const rows = [[1, 0.5], null, [-0.2, 1]];
    const { direction } = combine(rows, { preference: [3, 100, 2] });
    const expected = combine([rows[0]!, rows[2]!], { preference: [3, 2] }).direction;
    expect(direction).toEqual(expected);
  });

  test.each([
    [[1, 0], 'nash-mtl: option preference'],
    [[1, -1], 'nash-mtl: option preference'],
    [[1, 2, 3], 'nash-mtl: preference has 3 numbers for 2 objectives.'],
  ])('%j is refused', (wrong, message) => {
    expect(() => combine([[1], [2]], { preference: wrong })).toThrow(message);
  });
});
