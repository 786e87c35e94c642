import type * as tf from '@tensorflow/tfjs-core';
import type { GradientCombiner, LossCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import type { Schedule } from '../schedule.ts';
import { checkedLearningRate, checkHasLearningRate } from './learning-rate.ts';

/**
 * Throws unless the optimizer is one, with a usable learning rate. If there is no optimizer, throws if
 * something else needs one.
 */
export function checkOptimizer({
  optimizer,
  schedule,
  combiner,
}: {
  readonly optimizer?: tf.Optimizer;
  readonly schedule?: Schedule;
  readonly combiner: GradientCombiner;
}): void {
  if (optimizer === undefined) {
    if (schedule) {
      throw new Error(
        'createTrainer: a schedule sets the learning rate of the optimizer, but there is no optimizer. ' +
          'Give one, or leave out `schedule` and apply your rate to the gradients yourself.',
      );
    }
    if ((combiner as LossCombiner).after) {
      throw new Error(
        `createTrainer: the combiner ${combiner.name} looks at the losses again after the optimizer's step, but there is no optimizer. ` +
          'Give one, or use another combiner.',
      );
    }
    return;
  }
  if (typeof (optimizer as Partial<tf.Optimizer> | null)?.applyGradients !== 'function') {
    const call =
      typeof optimizer === 'function' ? ' Call it: it makes one.' : ' Pass one, such as tf.train.adam().';
    throw new Error(`createTrainer: the optimizer is ${described(optimizer)}.${call}`);
  }
  checkedLearningRate('createTrainer', optimizer);
  if (schedule) checkHasLearningRate(optimizer);
}
