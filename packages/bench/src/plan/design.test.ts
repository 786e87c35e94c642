import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDesign, radicalInverse } from './design.ts';

test('the radical inverse mirrors digits', () => {
  expect([0, 1, 2, 3, 4, 6].map((index) => radicalInverse(index, 2))).toEqual([
    0,
    1 / 2,
    1 / 4,
    3 / 4,
    1 / 8,
    3 / 8,
  ]);
  expect([1, 2, 3, 5].map((index) => radicalInverse(index, 3))).toEqual([1 / 3, 2 / 3, 1 / 9, 7 / 9]);
});

const seeds = fc.nat(1_000_000);

/** The cell of each number on a circle that begins at `shift`, of `cells` cells of one length. */
const cellsOf = (places: readonly number[], shift: number, cells: number) =>
  places.map((place) => Math.floor((((place - shift + 1) % 1) + 1e-12) * cells) % cells);

test.each([
  [0, 2, 3],
  [1, 3, 2],
  [2, 5, 2],
  [3, 7, 1],
])(
  'dimension %i: each cell of length %i^-k holds one of that many successive points',
  (dimension, base, most) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: most }), fc.nat(60), (seed, power, skipped) => {
        const cells = base ** power;
        const design = createDesign(skipped + cells, dimension + 1, seed);
        const places = design.map((point) => point[dimension]!);
        // The first point is the shift itself.
        const found = cellsOf(places.slice(skipped), places[0]!, cells);
        expect(new Set(found).size).toBe(cells);
      }),
    );
  },
);

test('two dimensions: each box of 1/4 × 1/3 holds one of twelve successive points', () => {
  fc.assert(
    fc.property(seeds, fc.nat(60), (seed, skipped) => {
      const design = createDesign(skipped + 12, 2, seed);
      const [x, y] = [0, 1].map((d) => design.map((point) => point[d]!));
      const columns = cellsOf(x!.slice(skipped), x![0]!, 4);
      const rows = cellsOf(y!.slice(skipped), y![0]!, 3);
      expect(new Set(columns.map((column, index) => `${column} ${rows[index]}`)).size).toBe(12);
    }),
  );
});

test('a design lies in the cube, begins as a shorter one does, and depends on its seed', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (seed, count, dimensions) => {
        const design = createDesign(count, dimensions, seed);
        expect(design.flat().every((place) => place >= 0 && place < 1)).toBe(true);
        expect(createDesign(count + 5, dimensions, seed).slice(0, count)).toEqual(design);
        expect(createDesign(count, dimensions, seed + 1)).not.toEqual(design);
        // The dimensions that two methods share have the same values.
        expect(createDesign(count, 8, seed).map((point) => point.slice(0, dimensions))).toEqual(design);
      },
    ),
  );
});
