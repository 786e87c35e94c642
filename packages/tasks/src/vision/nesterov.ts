import { cosineSchedule, type Task } from '@scalpel/core';
import { MomentumOptimizer } from '@tensorflow/tfjs-core';
import { type RegularisationOptions, withDecay } from '../regularisation.ts';

/**
 * SGD with Nesterov's momentum of 0.9 and a cosine schedule whose first 5 % are warm-up. arXiv 2402.02998
 * trains its networks for pictures in this way.
 */
export function nesterov(
  rate: number,
  steps: number,
  { weightDecay, variables }: Pick<RegularisationOptions, 'weightDecay'> & Pick<Task, 'variables'>,
): Required<Pick<Task, 'optimizer' | 'schedule'>> {
  return {
    optimizer: () => withDecay(new Momentum(rate, 0.9, true), weightDecay, variables),
    schedule: cosineSchedule({ rate, steps, warmup: Math.round(0.05 * steps) }),
  };
}

/** The optimizer of TensorFlow.js does not dispose the tensor that holds its rate. */
class Momentum extends MomentumOptimizer {
  override dispose(): void {
    super.dispose();
    this.c.dispose();
  }
}
