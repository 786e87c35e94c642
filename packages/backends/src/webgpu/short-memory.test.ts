import { createTrainer, type GramianCombiner, inPieces, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { webgpuMissing } from '../testing/driver.ts';
import type { WatchedBackend } from './backend.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

/** Weights from the inner products, and an average of the gradients. */
const averaging: GramianCombiner = {
  name: 'averaging',
  needs: 'gramian',
  remembers: () => 1,
  combine: ({ gramian, rows }) => ({
    coefficients: [...rows.map((_, i) => 1 / gramian.at(i, i)), 0.5],
    remember: [[...rows.map(() => 0.25), 0.75]],
  }),
};

test.skipIf(missing)(missing ?? 'batches in pieces, and gradients in float16, on WebGPU', async () => {
  await startWebgpu();
  const weights = [tf.variable(tf.randomNormal([40, 120], 0, 1, 'float32', 1)), tf.variable(tf.zeros([120]))];
  const x = tf.randomNormal([8, 40], 0, 1, 'float32', 2) as tf.Tensor2D;
  const objectives = [1, 2].map(
    (k): Objective<tf.Tensor2D> => ({
      name: `${k}`,
      priority: k,
      loss: (batch) =>
        tf.mean(tf.sin(tf.mul(tf.add(tf.matMul(batch, weights[0] as tf.Tensor2D), weights[1]!), k))),
    }),
  );
  const pieces = inPieces(tf.split(x, [3, 5]) as tf.Tensor2D[]);
  const state = () => ({
    tensors: tf.memory().numTensors,
    bytes: (tf.backend() as unknown as WatchedBackend).bufferManager.numBytesUsed,
  });
  const directions = async (gradients: 'kept' | 'half', batch: typeof x | typeof pieces) => {
    const trainer = createTrainer<tf.Tensor2D>({
      objectives,
      combiner: averaging,
      variables: weights,
      gradients,
    });
    const values: number[] = [];
    let before = state();
    for (let step = 0; step < 2; step++) {
      const result = await trainer.combineGradients(batch);
      for (const tensor of Object.values(result.gradients!)) values.push(...(await tensor.data()));
      tf.dispose(result.gradients!);
      if (step > 0) expect(state()).toEqual(before);
      before = state();
    }
    trainer.dispose();
    return values;
  };
  const expected = await directions('kept', x);
  const error = async (...given: Parameters<typeof directions>) => {
    const actual = await directions(...given);
    return Math.hypot(...actual.map((value, i) => value - expected[i]!)) / Math.hypot(...expected);
  };
  expect(await error('kept', pieces)).toBeLessThan(1e-5);
  expect(await error('half', x)).toBeLessThan(2 ** -10);
  expect(await error('half', pieces)).toBeLessThan(2 ** -10);
});
