import { normal, randomFrom } from '@scalpel/core';

export interface HardMatrix {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
}

const WIDTH = 6;

/** The distances of the rows from the degenerate case. */
const HEIGHTS = [1e-2, 1e-4, 1e-5, 1e-6, 3e-7, 1e-7, 1e-8, 1e-9];

/**
 * Matrices that are hard for methods on inner products: 2 to 5 rows that are nearly equal, nearly opposite or
 * nearly dependent, some of very different lengths. They are the same in every run.
 */
export function hardMatrices(): readonly HardMatrix[] {
  return [2, 3, 4, 5].flatMap((count) =>
    HEIGHTS.flatMap((height) =>
      [0, 1, 2].flatMap((seed) =>
        Object.entries(families(count, height, seed)).map(([family, rows]) => ({
          name: `${count} rows, ${family}, ${height}, seed ${seed}`,
          rows,
        })),
      ),
    ),
  );
}

function families(count: number, height: number, seed: number): Readonly<Record<string, number[][]>> {
  const random = randomFrom(count, Math.round(1 / height), seed);
  const vector = () => Array.from({ length: WIDTH }, () => normal(random));
  const near = (row: readonly number[], factor: number) =>
    row.map((x) => factor * x + height * normal(random));
  const one = vector();
  const equal = Array.from({ length: count }, () => near(one, 1));
  const opposed = Array.from({ length: count }, (_, index) => near(one, (-1) ** index));
  const independent = Array.from({ length: count - 1 }, vector);
  const parts = independent.map(() => normal(random));
  const together = one.map((_, entry) =>
    independent.reduce((sum, row, i) => sum + parts[i]! * row[entry]!, 0),
  );
  return {
    'nearly equal': equal,
    'nearly opposed': opposed,
    'nearly dependent': [...independent, near(together, 1)],
    'nearly opposed, of different lengths': opposed.map((row, index) => row.map((x) => x * 1e3 ** index)),
  };
}
