import type * as tf from '@tensorflow/tfjs-core';
import { described } from '../described.ts';
import { isShared, noting } from '../forward/shared.ts';
import { cutAt } from '../tape/cut.ts';
import { checkRepresentation } from './check-representation.ts';
import type { Representation } from './direction.ts';
import { featureDirection } from './feature-direction.ts';

/**
 * For the option `over` of createTrainer: inner products are taken at a representation that all losses share,
 * instead of over variables. This is MGDA-UB of Sener and Koltun, NeurIPS 2018 (arXiv 1810.04650), with any
 * combiner. `features` is a function from `shared`:
 *
 *     const features = shared((batch: Batch) => trunk(batch.images));
 *     const trainer = createTrainer({ …, over: representation(features) });
 *
 * The combiner sees the gradients with respect to all tensors that the function returns in the step. They cost
 * one backward pass per objective through the heads, and none through the trunk. One pass then takes their
 * combination through the trunk, so that a variable of the trunk gets Σ coefficient · gradient. A variable that
 * the features do not depend on belongs to the heads. As with `over: 'shared'`, it gets the sum of its
 * objectives' gradients times weight, because the trade-off at the features does not concern it.
 *
 * A loss may use nothing of the trunk but the features. Combiners that remember gradients, such as Bloop, or
 * that take several batches are refused, because the features of two batches cannot be compared. In reports,
 * `cosines` are those at the features, and `lengths`, `worsened` and `distanceToStationarity` need
 * `diagnostics`. `gradients` has no effect: one gradient is in memory, and K that are as large as the features.
 */
export function representation(features: (batch: never) => tf.TensorContainer): Representation {
  if (isShared(features)) {
    return {
      noting: (run) => noting(features, run),
      cut: cutAt,
      check: checkRepresentation,
      directions: featureDirection,
    };
  }
  throw new Error(
    `representation: it was given ${described(features)}, but takes a function that shared(...) has returned, as in shared((batch) => trunk(batch.images)).`,
  );
}
