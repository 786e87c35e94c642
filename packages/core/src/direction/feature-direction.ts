import * as tf from '@tensorflow/tfjs-core';
import type { GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import { combinations, innerProducts, NonFiniteRow } from '../rows/rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { Cut } from '../tape/tape.ts';
import { rowSums } from './backward.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { checkFinite } from './finite-direction.ts';
import { gramianDirection } from './gramian.ts';
import type { Passes } from './passes.ts';

/**
 * The computation with inner products of the gradients with respect to a shared representation, the features:
 * MGDA-UB of Sener and Koltun, NeurIPS 2018 (arXiv 1810.04650), for any combiner.
 *
 * K backward passes through the heads give gradients of the size of the features. The combiner's coefficients
 * make one gradient out of these, and one backward pass takes it through the trunk. So the direction of a
 * variable of the trunk is Σ coefficient · gradient, as in other steps, though nobody has computed the
 * gradients. The variables of the heads get the gradient of the weighted losses.
 */
export function featureDirection(options: DirectionOptions<GramianCombiner>): DirectionComputation {
  // All features together are the only variable of the computation inside.
  const inner = gramianDirection({
    ...options,
    variables: [{ name: 'features' }],
    startPasses: featurePasses,
    roles: () => ({ compared: [true], combined: [true] }),
  });
  return {
    ...inner,
    async answer(forward) {
      const cut = checkedCut(forward);
      const answer = await answered(inner, forward, cut);
      const given = answer.direction;
      let direction: (tf.Tensor | null)[];
      try {
        const trunk = cut.trunk(given.slice(0, cut.size));
        direction = cut.isTrunk.map((isTrunk, v) => (isTrunk ? trunk[v]! : given[cut.size + v]!));
      } catch (error) {
        tf.dispose(given as tf.Tensor[]);
        throw error;
      }
      await checkFinite(options, forward, direction, answer.losses);
      const { cosines } = answer.diagnostics!;
      return {
        ...answer,
        direction,
        // The lengths and the distance are those of gradients that nobody has computed.
        diagnostics: { cosines, lengths: null, worsened: null, distanceToStationarity: null },
        discard: () => tf.dispose(direction as tf.Tensor[]),
      };
    },
  };
}

async function answered(inner: DirectionComputation, forward: Forward, { isTrunk }: Cut) {
  try {
    return await inner.answer(forward);
  } catch (error) {
    if (!(error instanceof NonFiniteRow)) throw error;
    // What is too large for the features is so for the trunk.
    throw new NonFiniteRow(error.row, isTrunk.indexOf(true), error.scalars);
  }
}

/** The two parts of the tape. Throws unless the features are all that the losses use of the trunk. */
function checkedCut({ cut, step, rows, losses }: Forward): Cut {
  const where = `Step ${step}: option over`;
  if (cut === undefined)
    throw new Error(`${where}: features are not known of a batch in pieces. Give it whole.`);
  if (cut.size === 0) {
    throw new Error(
      `${where}: the losses use no features that depend on a trained variable. ` +
        'Call the function from shared(...) in them, with a trunk that is trained, or leave out the representation.',
    );
  }
  for (const [row, { objective }] of rows.entries()) {
    const what = cut.besides(losses[row]!);
    if (what === null) continue;
    throw new Error(
      `${where}: the loss of objective "${objective}" uses ${what} of the trunk beside the features, which inner products at the features do not see. ` +
        'Let the shared computation return it with the features, or let inner products run over variables.',
    );
  }
  return cut;
}

/**
 * The passes over the gradients with respect to the features. A result of `map` is the combination of these,
 * followed by the gradients with respect to the variables of the heads.
 */
function featurePasses(forward: Forward): Passes {
  const { rows, losses, step } = forward;
  let { features, variables } = forward.cut!.heads(rowSums(forward));
  return {
    async gram(options) {
      const apart = features.findIndex((row) => row.every((tensor) => tensor === null));
      if (apart >= 0) {
        throw new Error(
          `Step ${step}: option over: the loss of objective "${rows[apart]!.objective}" does not depend on the features, so nothing can be said of its conflicts. ` +
            'Leave the objective out, or let inner products run over variables.',
        );
      }
      try {
        const products = await innerProducts(features, losses);
        const together = (matrices: readonly SymmetricMatrix[]) => [
          SymmetricMatrix.sum(rows.length, matrices),
        ];
        return {
          ...products,
          byVariable: together(products.byVariable),
          reached: rows.map(() => [true]),
          examplePasses: [],
          distances: options.distances ? together(await squaredDistances(features, products.byVariable)) : [],
        };
      } catch (error) {
        throw error instanceof NonFiniteRow ? new NonFiniteRow(error.row, 0, error.scalars) : error;
      }
    },
    map(coefficients) {
      const [given, own] = [features, variables];
      [features, variables] = [[], []];
      try {
        return [[...combinations(given, given.length, () => coefficients(0))[0]!, ...own]];
      } catch (error) {
        tf.dispose(own as tf.Tensor[]);
        throw error;
      }
    },
    columns: () => [],
    dispose: () => tf.dispose([...features, variables] as tf.Tensor[][]),
  };
}
