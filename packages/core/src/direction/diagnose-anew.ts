import { unit } from '../coefficients.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { type Diagnostics, diagnose } from './diagnostics.ts';
import type { DirectionOptions } from './direction.ts';
import { finiteRows } from './finite.ts';
import { allAtOnce } from './start-passes.ts';

/**
 * Diagnostics for a step without a Gramian, or with a direction that is not a combination of its rows. They
 * cost one backward pass per row.
 */
export async function diagnoseAnew(
  forward: Forward,
  { roles, variables }: Pick<DirectionOptions<unknown>, 'roles' | 'variables'>,
  direction: Row,
): Promise<Diagnostics> {
  const passes = await allAtOnce(forward, [direction], variables.length);
  try {
    const { byVariable, precision, reached } = await finiteRows(
      passes.gram({ distances: false }),
      forward,
      variables,
      passes.tellsExample,
    );
    const { compared } = roles(forward.rows, reached);
    const size = forward.rows.length + 1;
    const seen = byVariable.filter((_, v) => compared[v]);
    const whole = {
      gramian: SymmetricMatrix.sum(size, byVariable),
      direction: unit(size, size - 1),
    };
    // The elements of the direction are rounded to float32.
    return diagnose(forward, SymmetricMatrix.sum(size, seen), [whole], Math.max(1e-7, precision));
  } finally {
    passes.dispose();
  }
}
