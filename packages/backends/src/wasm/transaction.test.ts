import { createTrainer, type GramianCombiner, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startWasm } from './start.ts';

// Adam writes in place here, where nobody else has the data: what a step goes back to must be somebody else.

let kernel: tf.Variable;
let filter: tf.Variable;

beforeEach(async () => {
  await startWasm();
  kernel = tf.variable(tf.tensor2d([1, -2, 3, 0.5], [2, 2]), true, 'kernel');
  // Its kernel keeps packed weights.
  filter = tf.variable(tf.ones([2, 2, 1, 1]), true, 'filter');
});

afterEach(() => {
  vi.restoreAllMocks();
  tf.disposeVariables();
});

const image = Array.from({ length: 16 }, (_, i) => Math.sin(i));

const objectives: Objective<number>[] = [
  {
    name: 'kernel',
    priority: 0,
    loss: (batch) => tf.mul(tf.sum(tf.square(tf.sub(kernel, 1))), batch),
  },
  {
    name: 'filter',
    priority: 1,
    loss: (batch) => {
      const x = tf.tensor4d(image, [1, 4, 4, 1]);
      const y = tf.depthwiseConv2d(x, filter as tf.Tensor4D, 1, 'same');
      return tf.add(tf.sum(tf.square(y)), tf.mul(tf.sum(kernel), batch));
    },
  },
];

const averaging: GramianCombiner = {
  name: 'averaging',
  needs: 'gramian',
  remembers: () => 1,
  combine: ({ rows }) => ({
    coefficients: [1, 0.5, 0.25],
    remember: [[0.5, ...rows.slice(1).map(() => 0), 0.5]],
  }),
};

async function run(fails: boolean) {
  kernel.assign(tf.tensor2d([1, -2, 3, 0.5], [2, 2]));
  filter.assign(tf.ones([2, 2, 1, 1]));
  const optimizer = tf.train.adam(0.1);
  const trainer = createTrainer({ objectives, combiner: averaging, optimizer, variables: [kernel, filter] });
  for (let step = 0; step < 4; step++) {
    if (fails) {
      const before = await trainer.checkpoint();
      const { numTensors, numDataBuffers } = tf.memory();
      const spy = vi.spyOn(filter, 'assign').mockImplementationOnce(() => {
        throw new Error('half-way');
      });
      await expect(trainer.step(1 / (step + 2))).rejects.toThrow('half-way');
      spy.mockRestore();
      expect(await trainer.checkpoint()).toEqual(before);
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    }
    await trainer.step(1 / (step + 1));
  }
  const saved = await trainer.checkpoint();
  trainer.dispose();
  optimizer.dispose();
  return saved;
}

test('a step of Adam that fails half-way goes back, and training goes on as if it had not', async () => {
  expect(await run(true)).toEqual(await run(false));
});
