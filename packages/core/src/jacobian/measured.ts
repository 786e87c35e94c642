import type { Forward } from '../forward/forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import type { InnerProducts, Row } from '../rows/kernels.ts';
import { innerProducts, NonFiniteRow } from '../rows/rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { RowSource, Together } from './row-source.ts';

/** The inner products of all rows, without weights. */
export interface Measured extends InnerProducts {
  /** For each row and variable, true if the row reaches it. */
  readonly reached: readonly (readonly boolean[])[];
}

/** The *gram* pass. Throws, with the names of the row and the variable, if something is not finite. */
export async function innerProductsOf(
  source: RowSource,
  forward: Forward,
  variables: readonly { readonly name: string }[],
): Promise<Measured> {
  const { rows, losses } = forward;
  const reached: boolean[][] = rows.map(() => []);
  const { scalars } = await innerProducts([], losses);
  const bad = scalars.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw notFinite(`the loss ${rows[bad]!.objective}`);
  let precision = 0;
  const byVariable = await assembled(source, forward, variables.length, async (some, positions) => {
    for (const [index, row] of some.entries())
      reached[positions[index]!] = row.map((tensor) => tensor !== null);
    try {
      const products = await innerProducts(some);
      precision = Math.max(precision, products.precision);
      return products.byVariable;
    } catch (error) {
      if (!(error instanceof NonFiniteRow)) throw error;
      const { objective } = rows[positions[error.row]!]!;
      throw notFinite(`the gradient of ${objective} with respect to "${variables[error.variable]!.name}"`);
    }
  });
  return { byVariable, precision, scalars, reached };
}

/** Squared distances between the rows times their weights, variable by variable. */
export function distancesOf(
  source: RowSource,
  forward: Forward,
  gramians: readonly SymmetricMatrix[],
): Promise<readonly SymmetricMatrix[]> {
  return assembled(source, forward, gramians.length, (rows, positions) => {
    const entry = (gramian: SymmetricMatrix) => (i: number, j: number) =>
      gramian.at(positions[i]!, positions[j]!);
    return squaredDistances(
      rows,
      gramians.map((gramian) => SymmetricMatrix.from(rows.length, entry(gramian))),
    );
  });
}

/** Matrices over all rows, one per variable, from those over the rows that are in memory together. */
async function assembled(
  source: RowSource,
  forward: Forward,
  variables: number,
  measure: (rows: readonly Row[], positions: Together['positions']) => Promise<readonly SymmetricMatrix[]>,
): Promise<readonly SymmetricMatrix[]> {
  const size = forward.rows.length;
  const entries = Array.from({ length: variables }, () => new Float64Array(size * size));
  for (const { rows, positions } of source.together(forward)) {
    const matrices = await measure(rows, positions);
    for (const [variable, matrix] of matrices.entries()) {
      for (const [a, i] of positions.entries())
        for (const [b, j] of positions.entries()) entries[variable]![i * size + j] = matrix.at(a, b);
    }
  }
  return entries.map((list) => SymmetricMatrix.from(size, (i, j) => list[i * size + j]!));
}

function notFinite(what: string): Error {
  return new Error(
    `jacobian: ${what} is not finite. Look at the data, or leave that loss out. This Jacobian gives no inner products; dispose of it.`,
  );
}
