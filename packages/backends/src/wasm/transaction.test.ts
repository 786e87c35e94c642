import {
  type ConstantCombiner,
  createTrainer,
  type ElementCombiner,
  type GradientCombiner,
  type GramianCombiner,
  type LossCombiner,
  type Objective,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startWasm } from './start.ts';

// Adam writes in place if nobody else has the data. So a step must keep other data to go back to.

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

const plain: ConstantCombiner = { name: 'plain', needs: 'nothing', weights: () => [1, 0.5] };

const byLoss: LossCombiner<number> = {
  name: 'by-loss',
  needs: 'losses',
  init: () => 1,
  combine: ({ losses, memory }) => ({
    weights: losses.map((loss) => memory / (1 + loss)),
    memory: memory / 2,
  }),
};

const largest: ElementCombiner = {
  name: 'largest',
  needs: 'elements',
  element: ({ column }) => Math.max(...column),
  combine: ({ gradients }) => tf.max(gradients, 0),
};

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

test.each<[string, GradientCombiner]>(
  [plain, byLoss, averaging, largest].map((combiner) => [combiner.name, combiner]),
)(
  'gradients of %s that are given to Adam outside of the trainer lead to the same bits',
  async (_, combiner) => {
    const run = async (isOwn: boolean) => {
      kernel.assign(tf.tensor2d([1, -2, 3, 0.5], [2, 2]));
      filter.assign(tf.ones([2, 2, 1, 1]));
      const optimizer: tf.Optimizer = tf.train.adam(0.1);
      const options = { objectives, combiner, variables: [kernel, filter] };
      const trainer = createTrainer(isOwn ? options : { ...options, optimizer });
      const held: number[] = [];
      for (let step = 0; step < 4; step++) {
        if (isOwn) {
          const { gradients } = await trainer.combineGradients(1 / (step + 1));
          optimizer.applyGradients(gradients!);
          tf.dispose(gradients!);
        } else await trainer.step(1 / (step + 1));
        held.push(tf.memory().numTensors);
      }
      expect(held[3]).toBe(held[1]);
      const { variables, remembered, memory } = await trainer.checkpoint();
      trainer.dispose();
      optimizer.dispose();
      return { variables, remembered, memory };
    };
    expect(await run(true)).toEqual(await run(false));
  },
);
