import * as tf from '@tensorflow/tfjs-core';
import { unit } from '../coefficients.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { innerProducts } from '../rows/rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { backwardPasses } from './backward.ts';
import { type Diagnostics, diagnose } from './diagnostics.ts';
import type { DirectionOptions } from './direction.ts';
import { finiteRows } from './finite.ts';

/**
 * Diagnostics for a step without a Gramian, or with a direction that is not a combination of its rows. They
 * cost one backward pass per row.
 */
export async function diagnoseAnew(
  forward: Forward,
  { roles, variables }: Pick<DirectionOptions<unknown>, 'roles' | 'variables'>,
  direction: Row,
): Promise<Diagnostics> {
  const gradients = backwardPasses(forward);
  try {
    const reached = gradients.map((row) => row.map((tensor) => tensor !== null));
    const { compared } = roles(forward.rows, reached);
    const rows = [...gradients, direction];
    const { byVariable, precision } = await finiteRows(innerProducts(rows), forward, variables);
    const seen = byVariable.filter((_, v) => compared[v]);
    const whole = {
      gramian: SymmetricMatrix.sum(rows.length, byVariable),
      direction: unit(rows.length, gradients.length),
    };
    // The elements of the direction are rounded to float32.
    return diagnose(forward, SymmetricMatrix.sum(rows.length, seen), [whole], Math.max(1e-7, precision));
  } finally {
    tf.dispose(gradients as tf.Tensor[][]);
  }
}
