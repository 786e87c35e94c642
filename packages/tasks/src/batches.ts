import { randomFrom, shuffle } from '@scalpel/core';
import { STREAM } from './random.ts';

/**
 * The examples of each step. Every epoch is a new permutation of 0 … examples − 1. It is cut into
 * `stepsPerEpoch` full batches, and the rest is left out. The result depends on (seed, step) alone, so steps
 * may come in any order.
 */
export function shuffledBatches(options: {
  readonly examples: number;
  readonly batch: number;
  readonly seed: number;
  /**
   * Number of the set of examples, for a task that draws from several sets. Default: the number for a single
   * set.
   */
  readonly stream?: number;
}): { readonly stepsPerEpoch: number; readonly at: (step: number) => Int32Array } {
  const { examples, batch, seed, stream = STREAM.order } = options;
  if (batch > examples) {
    throw new Error(`A batch of ${batch} cannot be drawn from ${examples} examples. Take a smaller batch.`);
  }
  const stepsPerEpoch = Math.floor(examples / batch);
  let latest: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };
  return {
    stepsPerEpoch,
    at: (step) => {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (latest.epoch !== epoch) latest = { epoch, order: permutation(examples, seed, stream, epoch) };
      const start = (step % stepsPerEpoch) * batch;
      return latest.order.subarray(start, start + batch);
    },
  };
}

/** The numbers 0 … length − 1 in an order that the seeds determine. */
export function permutation(length: number, ...seeds: readonly number[]): Int32Array {
  return shuffle(
    Int32Array.from({ length }, (_, index) => index),
    randomFrom(...seeds),
  );
}
