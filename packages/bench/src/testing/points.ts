import fc, { type Arbitrary } from 'fast-check';

/** Numbers on a grid, so that ties and equal points are common. Some lie beyond the reference. */
export const coordinate: Arbitrary<number> = fc.integer({ min: 0, max: 24 }).map((k) => k / 20);

/** Points with the same number of objectives, from 1 to 8. */
export const setsOf = (maxLength: number): Arbitrary<number[][]> =>
  fc
    .integer({ min: 1, max: 8 })
    .chain((count) =>
      fc.array(fc.array(coordinate, { minLength: count, maxLength: count }), { minLength: 1, maxLength }),
    );
