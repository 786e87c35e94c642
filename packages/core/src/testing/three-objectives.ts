import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach } from 'vitest';
import type {
  ConstantCombiner,
  ElementCombiner,
  GradientCombiner,
  GramianCombiner,
  LossCombiner,
} from '../combiner.ts';
import { byLevel } from '../compose/by-level.ts';
import { clipped } from '../compose/clipped.ts';
import { perLayer } from '../compose/per-layer.ts';
import { smoothed } from '../compose/smoothed.ts';
import type { Objective } from '../objective.ts';
import type { TrainerOptions } from '../trainer/options.ts';
import { createTrainer, type Trainer } from '../trainer/trainer.ts';

// Shared by the tests of the trainer: two variables, three objectives, and a combiner of each kind.

export const half: ConstantCombiner = {
  name: 'half',
  needs: 'nothing',
  weights: (rows) => rows.map(() => 0.5),
};

export const byLoss: LossCombiner<number> = {
  name: 'by-loss',
  needs: 'losses',
  init: () => 1,
  combine: ({ losses, memory }) => ({ weights: losses.map((loss) => loss * memory), memory: memory + 1 }),
};

/**
 * Subtracts from each gradient its projection on the average of the first gradient. The memory holds a random
 * factor.
 */
export const projecting: GramianCombiner<number> = {
  name: 'projecting',
  needs: 'gramian',
  remembers: () => 1,
  init: () => 0,
  combine({ gramian, rows, memory, random }) {
    const e = rows.length;
    const square = gramian.at(e, e);
    const ratio = rows.map((_, i) => (square === 0 ? 0 : gramian.at(i, e) / square));
    return {
      coefficients: [...rows.map(() => 1), -ratio.reduce((a, b) => a + b, 0) + random() + memory],
      remember: [[0.25, ...rows.slice(1).map(() => 0), 0.75]],
      memory: memory + 0.125,
    };
  },
};

export const largest: ElementCombiner = {
  name: 'largest',
  needs: 'elements',
  element: ({ column }) => Math.max(...column),
  combine: ({ gradients }) => tf.max(gradients, 0),
};

export const combiners: readonly GradientCombiner[] = [
  half,
  byLoss,
  projecting,
  clipped(projecting, { norm: 0.5 }),
  smoothed(byLoss, { decay: 0.5 }),
  perLayer(projecting),
  byLevel({ within: byLoss, across: projecting }),
  byLevel({ within: projecting, across: smoothed(projecting) }),
];

export let kernel: tf.Variable;
export let bias: tf.Variable;
export let variables: tf.Variable[];

beforeEach(() => {
  kernel = tf.variable(tf.tensor2d([1, -2, 3, 0.5, 1, 2], [2, 3]), true, 'layer1/kernel');
  bias = tf.variable(tf.tensor1d([0.5, -1, 2]), true, 'layer2/bias');
  variables = [kernel, bias];
});

afterEach(() => tf.disposeVariables());

/** loss = c/2 ‖kernel − k‖² + ⟨b, bias⟩, all scaled by the batch. */
function objective(name: string, priority: number, k: number, b: number, weight = 1): Objective<number> {
  return {
    name,
    priority,
    weight,
    loss: (batch) =>
      tf.add(tf.mul(tf.sum(tf.square(tf.sub(kernel, k))), batch / 2), tf.sum(tf.mul(bias, b * batch))),
  };
}

export const three: readonly Objective<number>[] = [
  objective('first', 0, 1, 0.5),
  objective('second', 3, -1, 2, 0.5),
  objective('third', 3, 0.25, -1),
];

export function trainer(options: Partial<TrainerOptions<number>> = {}): Trainer<number> {
  const optimizer = options.optimizer ?? tf.train.sgd(0.125);
  return createTrainer<number>({
    objectives: three,
    combiner: half,
    variables,
    seed: 7,
    ...options,
    optimizer,
  });
}

export const values = (): number[] => [...kernel.dataSync(), ...bias.dataSync()];

/** All elements of gradients by name, in the order of the variables. */
export const flat = (gradients: tf.NamedTensorMap | null): number[] =>
  variables.flatMap(({ name }) => [...gradients![name]!.dataSync()]);

/** The gradients of the objectives, computed by hand. */
export function gradientsByHand(theta: readonly number[], batch: number): number[][] {
  return [
    [1, 0.5],
    [-1, 2],
    [0.25, -1],
  ].map(([k, b]) => theta.map((x, i) => (i < 6 ? (x - k!) * batch : b! * batch)));
}

export function lossesByHand(theta: readonly number[], batch: number): number[] {
  return gradientsByHand(theta, batch).map((g, row) =>
    g.reduce(
      (sum, x, i) => sum + (i < 6 ? (x * x) / (2 * batch) : [0.5, 2, -1][row]! * batch * theta[i]!),
      0,
    ),
  );
}
