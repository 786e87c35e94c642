import * as tf from '@tensorflow/tfjs-core';
import type { Forward } from '../forward/forward.ts';
import { innerProducts, NonFiniteRow } from '../rows/rows.ts';
import { diagnoseAnew } from './diagnose-anew.ts';
import type { DirectionOptions } from './direction.ts';
import { finiteLosses } from './finite.ts';

/**
 * The losses, which are read back here if nobody has read them. Throws, and disposes of the direction, if the
 * direction or a loss is not finite.
 */
export async function checkFinite(
  options: Pick<DirectionOptions<unknown>, 'roles' | 'variables'>,
  forward: Forward,
  direction: (tf.Tensor | null)[],
  losses: readonly number[] | null,
): Promise<readonly number[]> {
  try {
    // The length of the direction shows if all of it is finite.
    const products = await innerProducts([direction], losses === null ? forward.losses : []);
    return losses ?? finiteLosses(forward, products.scalars);
  } catch (error) {
    tf.dispose(direction as tf.Tensor[]);
    if (error instanceof NonFiniteRow) {
      finiteLosses(forward, error.scalars);
      // One pass per objective shows which objective's gradient is the cause.
      const nothing = options.variables.map(() => null);
      await diagnoseAnew(forward, options, nothing);
    }
    throw error;
  }
}
