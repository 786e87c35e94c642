import {
  checkOptions,
  createVectorEngine,
  type Guarantee,
  normal,
  randomFrom,
  type VectorCombination,
} from '@scalpel/core';
import { dot } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { plugin } from './index.ts';
import { hardMatrices } from './testing/hard-matrices.ts';
import { isForTwoLevels, neededOptions } from './testing/needs.ts';

/*
 * What methods declare holds for whatever they answer, certified or not, where inner products hardly tell
 * rows apart: to the rounding of the terms that directions are sums of, and no more.
 */

type Rows = readonly (readonly number[])[];

const matrices = hardMatrices();

const variants: readonly (readonly [string, object, readonly Guarantee[]])[] = [
  ...plugin.combiners!.flatMap(({ id, guarantees }): (readonly [string, object, readonly Guarantee[]])[] =>
    id === 'constant' ? [] : [[id, neededOptions(id, 1), guarantees]],
  ),
  ['fairgrad', { alpha: 0.5 }, ['non-conflicting', 'permutation-equivariant']],
  ['fairgrad', { alpha: 5 }, ['non-conflicting', 'permutation-equivariant']],
  ['nash-mtl', { maxNorm: 1 }, ['non-conflicting', 'permutation-equivariant']],
  ['aligned-mtl', { scale: 'rmse' }, ['permutation-equivariant']],
];

function ofGuarantee(wanted: Guarantee) {
  return variants.flatMap(([id, options, guarantees]) =>
    guarantees.includes(wanted) ? [[id, options] as const] : [],
  );
}

/**
 * Of the rows in this order; null where the method does not take so few. The first has a level of its own if
 * `apart`.
 */
function answer(id: string, options: object, rows: Rows, order: readonly number[], apart: boolean) {
  const definition = plugin.combiners!.find((combiner) => combiner.id === id)!;
  const combiner = definition.create(checkOptions(id, definition.options, options) as never);
  const objectives = order.map((row) => ({ name: `${row}`, priority: apart && row > 0 ? 1 : 0 }));
  if ((id === 'krum' && rows.length < 4) || (id === 'trimmed-mean' && rows.length < 3)) return null;
  const batches = combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
  const given = order.map((row) => rows[row]!);
  return createVectorEngine({ combiner, objectives }).step({
    batches: Array.from({ length: batches }, () => given),
    losses: order.map((row) => 1 + row / 3),
  });
}

function sizeOf(
  { direction, coefficients }: VectorCombination,
  rows: Rows,
  order: readonly number[],
): number {
  const terms = order.map((row, index) => Math.abs(coefficients[index] ?? 1) * Math.hypot(...rows[row]!));
  return terms.reduce((a, b) => a + b, Math.hypot(...direction));
}

/** Two to ten rows in the plane or in space, nearly along one axis. */
function opposed(seed: number): Rows {
  const random = randomFrom(seed);
  const count = 2 + Math.floor(random() * 9);
  const width = 2 + Math.floor(random() * 2);
  const height = 10 ** (-3 - 6 * random());
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (_, i) => (i === 0 ? (-1) ** row : 0) + height * normal(random)),
  );
}

describe('permutation-equivariant', () => {
  test.each(ofGuarantee('permutation-equivariant'))('%s %j', (id, options) => {
    for (const { name, rows } of matrices) {
      const plain = [...rows.keys()];
      const first = answer(id, options, rows, plain, isForTwoLevels(id));
      if (!first) continue;
      for (const order of [plain.toReversed(), [...plain.slice(1), 0]]) {
        const other = answer(id, options, rows, order, isForTwoLevels(id))!;
        const difference = Math.hypot(...first.direction.map((x, i) => x - other.direction[i]!));
        const size = sizeOf(first, rows, plain) + sizeOf(other, rows, order);
        expect(difference, `${name}, order ${order}`).toBeLessThanOrEqual(1e-12 * size);
      }
    }
  });
});

describe('non-conflicting', () => {
  test.each(ofGuarantee('non-conflicting'))('%s %j', (id, options) => {
    for (const { name, rows } of matrices) {
      const order = [...rows.keys()];
      const found = answer(id, options, rows, order, false)!;
      const least = -1e-6 * Math.hypot(...found.direction) - 1e-14 * sizeOf(found, rows, order);
      for (const row of rows) {
        expect(dot(row, found.direction) / Math.hypot(...row), name).toBeGreaterThanOrEqual(least);
      }
    }
  });

  test.each(['upgrad', 'dualproj'])('%s: rounding errors are no direction', (id) => {
    const seen = new Set<boolean>();
    for (let seed = 0; seed < 300; seed++) {
      const rows = opposed(seed);
      const { direction, certificate } = answer(id, {}, rows, [...rows.keys()], false)!;
      const length = Math.hypot(...direction);
      seen.add(certificate!.solved);
      if (certificate!.solved) expect(length, `seed ${seed}`).toBeGreaterThan(0);
      else {
        expect(length, `seed ${seed}`).toBe(0);
        expect(certificate!.note, `seed ${seed}`).toMatch(/^No direction/);
      }
      for (const row of rows) {
        expect(dot(row, direction) / Math.hypot(...row), `seed ${seed}`).toBeGreaterThanOrEqual(
          -1e-6 * length,
        );
      }
    }
    expect(seen.size).toBe(2);
  });

  test('mgda conflicts with no row, or says that what is left of its convex combination is rounding', () => {
    const noted = new Set<boolean>();
    for (let seed = 0; seed < 300; seed++) {
      const rows = opposed(seed);
      const found = answer('mgda', {}, rows, [...rows.keys()], false)!;
      const length = Math.hypot(...found.direction);
      const stationary = found.certificate!.note !== undefined;
      noted.add(stationary);
      if (stationary)
        expect(length, `seed ${seed}`).toBeLessThan(1e-7 * sizeOf(found, rows, [...rows.keys()]));
      else {
        for (const row of rows)
          expect(dot(row, found.direction), `seed ${seed}`).toBeGreaterThan(-1e-6 * length);
      }
    }
    expect(noted.size).toBe(2);
  });

  test.each([{}, { maxNorm: 3 }])('nash-mtl %j is as long as it says, or zero and says why', (options) => {
    for (const { name, rows } of matrices) {
      const { direction, certificate } = answer('nash-mtl', options, rows, [...rows.keys()], false)!;
      const length = Math.hypot(...direction);
      const most = 'maxNorm' in options ? options.maxNorm : Math.sqrt(rows.length);
      if (certificate!.solved) expect(length / most, name).toBeLessThan(1.01);
      else {
        expect(length, name).toBe(0);
        expect(certificate!.note, name).toMatch(/No direction/);
      }
    }
  });
});

describe('respects-priority', () => {
  test.each(ofGuarantee('respects-priority'))('%s %j', (id, options) => {
    for (const { name, rows } of matrices) {
      const order = [...rows.keys()];
      const found = answer(id, options, rows, order, true)!;
      const change = dot(rows[0]!, found.direction) / Math.hypot(...rows[0]!);
      expect(change, name).toBeGreaterThanOrEqual(-1e-14 * sizeOf(found, rows, order));
    }
  });
});
