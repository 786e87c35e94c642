import { termsOf } from '../coefficients.ts';
import type { Forward } from '../forward/forward.ts';
import { minimumNorm } from '../solvers/minimum-norm.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';

/** Facts about a step that follow from its inner products. */
export interface Diagnostics {
  /** Cosines between the gradients present, over the variables that the combiner sees. */
  readonly cosines: SymmetricMatrix;
  /**
   * The length of the gradient of each objective present, over all variables, without its weight. Null if
   * it is not known.
   */
  readonly lengths: ReadonlyMap<string, number> | null;
  /**
   * Names of the objectives that the direction worsens. Null if the direction is not a combination of the
   * rows.
   */
  readonly worsened: readonly string[] | null;
  readonly distanceToStationarity: number | null;
}

/**
 * Some of the variables: the inner products of the rows over them, gradients first, and the direction as a
 * combination of the rows.
 */
interface Part {
  readonly gramian: SymmetricMatrix;
  readonly direction: readonly number[] | null;
}

/**
 * Computes the diagnostics from the inner products over the variables that the combiner sees, and from those
 * over all variables in parts.
 */
export function diagnose(
  { rows, weights }: Pick<Forward, 'rows' | 'weights'>,
  seen: SymmetricMatrix,
  parts: readonly Part[],
  precision: number,
): Diagnostics {
  const size = seen.size;
  const names = [...new Set(rows.map(({ objective }) => objective))];
  // The gradient of each objective, without its weight, as a mean over the batches.
  const gradients = names.map((name) => {
    const own = rows.filter(({ objective }) => objective === name).length;
    return Array.from({ length: size }, (_, row) =>
      rows[row]?.objective === name ? 1 / (own * weights[row]!) : 0,
    );
  });
  const all = SymmetricMatrix.sum(
    size,
    parts.map(({ gramian }) => gramian),
  );
  const between = all.lift(gradients);
  const nearest = minimumNorm(between, names.length, precision).weights;
  const isKnown = parts.every(({ direction }) => direction !== null);
  const tolerance = Math.max(1e-12, 100 * precision);
  return {
    cosines: cosines(seen, rows.length),
    lengths: new Map(names.map((name, i) => [name, Math.sqrt(Math.max(0, between.at(i, i)))])),
    worsened: isKnown ? names.filter((_, i) => isWorsened(gradients[i]!, parts, tolerance)) : null,
    distanceToStationarity: Math.sqrt(Math.max(0, between.inner(nearest, nearest))),
  };
}

function isWorsened(gradient: readonly number[], parts: readonly Part[], tolerance: number): boolean {
  let change = 0;
  let size = 0;
  for (const { gramian, direction } of parts) {
    change += gramian.inner(gradient, direction!);
    size += termsOf(gramian, gradient) * termsOf(gramian, direction!);
  }
  return change < -tolerance * size;
}

/** Cosines between the first `size` rows. They are 0 for a zero row. */
function cosines(gramian: SymmetricMatrix, size: number): SymmetricMatrix {
  return SymmetricMatrix.from(size, (i, j) => {
    const lengths = Math.sqrt(gramian.at(i, i)) * Math.sqrt(gramian.at(j, j));
    return lengths === 0 ? 0 : Math.max(-1, Math.min(1, gramian.at(i, j) / lengths));
  });
}
