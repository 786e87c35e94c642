import { bloop } from '@scalpel/bloop';
import { createTrainer, type Objective, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

interface Batch {
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
}

/** A noisy sine at random places. */
function draw(step: number): Batch {
  return tf.tidy(() => {
    const x = tf.randomUniform([64, 1], -1, 1, 'float32', step + 1) as tf.Tensor2D;
    const noise = tf.randomNormal([64, 1], 0, 0.1, 'float32', step + 1);
    return { x, y: tf.add(tf.sin(tf.mul(x, 4)), noise) as tf.Tensor2D };
  });
}

export interface Result {
  readonly first: Readonly<Record<string, number | null>>;
  readonly last: Readonly<Record<string, number | null>>;
}

/**
 * The losses of the first and of the last step. `lambda`, from 0 on, is the weight of the second level. Its gradient is first
 * projected so that it does not disturb the first.
 */
export async function train(steps: number, lambda: number): Promise<Result> {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        inputShape: [1],
        units: 32,
        activation: 'tanh',
        kernelInitializer: tf.initializers.randomNormal({ stddev: 3, seed: 1 }),
      }),
      tf.layers.dense({
        units: 1,
        kernelInitializer: tf.initializers.randomNormal({ stddev: 0.3, seed: 2 }),
      }),
    ],
  });
  const apply = (x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
  // Both objectives want the answers: they are computed once a step.
  const answers = shared(({ x }: Batch) => apply(x));
  const objectives: Objective<Batch>[] = [
    { name: 'fit', priority: 0, loss: (batch) => tf.losses.meanSquaredError(batch.y, answers(batch)) },
    {
      name: 'roughness',
      priority: 1,
      loss: (batch) => tf.mean(tf.square(tf.sub(apply(tf.add(batch.x, 0.05)), answers(batch)))),
    },
  ];
  const optimizer = tf.train.adam(0.01);
  const trainer = createTrainer<Batch>({
    objectives,
    combiner: bloop({ lambda, rho: 0.05 }),
    optimizer,
    variables: model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    seed: 1,
  });
  const losses: Record<string, number | null>[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = draw(step);
    losses.push({ ...(await trainer.step(batch)).losses });
    tf.dispose(batch as unknown as tf.TensorContainer);
  }
  trainer.dispose();
  optimizer.dispose();
  model.dispose();
  return { first: losses[0]!, last: losses.at(-1)! };
}
