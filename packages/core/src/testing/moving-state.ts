import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach } from 'vitest';
import type { LossCombiner } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import type { Trainer } from '../trainer/trainer.ts';
import { bias, byLoss, projecting, three, trainer } from './three-objectives.ts';

// Shared by the tests of steps that are undone: an objective that changes variables, and a method that uses
// the losses after the step.

export let running: tf.Variable;
/** The number of evaluations of `moving`. */
export let evaluations: number;

const made: Trainer<number>[] = [];

beforeEach(() => {
  running = tf.variable(tf.scalar(1), false, 'running');
  evaluations = 0;
});

afterEach(() => {
  for (const one of made.splice(0)) one.dispose();
});

/**
 * Changes the variables in `state`, as batch normalisation does, and a trained variable, as a loss that clips
 * weights does.
 */
export const moving: Objective<number> = {
  ...three[0]!,
  loss(batch) {
    evaluations++;
    tf.tidy(() => running.assign(tf.add(tf.mul(running, 0.5), batch)));
    tf.tidy(() => bias.assign(tf.clipByValue(bias, -0.75, 1.5)));
    return three[0]!.loss(batch);
  },
};

export const looking: LossCombiner<number> = {
  ...byLoss,
  name: 'looking',
  after: ({ memory }) => memory + 0.5,
};

/** A trainer with `running` as its state. */
export function movingTrainer(options: Partial<TrainerOptions<number>> = {}): Trainer<number> {
  const { objectives = [moving, three[1]!] } = options;
  const result = trainer({ state: [running], combiner: projecting, ...options, objectives });
  made.push(result);
  return result;
}

/** The numbers of tensors, and of the data buffers that they or references share. */
export function memory(): { readonly numTensors: number; readonly numDataBuffers: number } {
  const { numTensors, numDataBuffers } = tf.memory();
  return { numTensors, numDataBuffers };
}
