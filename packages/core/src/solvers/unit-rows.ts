import { SymmetricMatrix } from '../symmetric-matrix.ts';

/** The rows of a Gramian without the zero ones, brought to length one. */
export interface UnitRows {
  /** Their positions among the rows given. */
  readonly indices: readonly number[];
  /** Their lengths before. */
  readonly lengths: readonly number[];
  /** Their inner products after: a unit diagonal, the same whatever the scales of the rows. */
  readonly cosines: SymmetricMatrix;
}

/** The first `count` rows of the Gramian as unit rows: what the solvers work on, so that badly scaled rows lose no digits. */
export function unitRows(gramian: SymmetricMatrix, count: number): UnitRows {
  const all = Array.from({ length: count }, (_, row) => Math.sqrt(gramian.at(row, row)));
  const indices = [...all.keys()].filter((row) => all[row]! > 0);
  const lengths = indices.map((row) => all[row]!);
  const cosines = SymmetricMatrix.from(indices.length, (i, j) =>
    i === j ? 1 : gramian.at(indices[i]!, indices[j]!) / lengths[i]! / lengths[j]!,
  );
  return { indices, lengths, cosines };
}
