import { createTrainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { fit, loadCheckpoint, objectivesOf, saveCheckpoint, weightsOf } from './index.ts';
import { memoryStore } from './testing/checkpoints.ts';
import { sum, uniform } from './testing/data.ts';

afterEach(() => tf.disposeVariables());

const lstm = () => tf.layers.lstm({ units: 2, stateful: true, name: 'memory', returnSequences: true });
const input = { batchInputShape: [2, 3, 1] };
const stateful: Record<string, readonly [name: string, layers: () => tf.layers.Layer[]]> = {
  'an RNN': ['memory', () => [tf.layers.inputLayer(input), lstm()]],
  'one in both directions': [
    'both',
    () => [
      tf.layers.inputLayer(input),
      tf.layers.bidirectional({ layer: lstm() as tf.RNN, mergeMode: 'concat', name: 'both' }),
    ],
  ],
  'one in another model': [
    'memory',
    () => [tf.sequential({ layers: [tf.layers.inputLayer(input), lstm()] }) as never],
  ],
};

test.each(Object.entries(stateful))(
  'checkpoints of a stateful model are refused: %s',
  async (_, [name, make]) => {
    const model = tf.sequential({
      layers: [...make(), tf.layers.flatten(), tf.layers.dense({ units: 1, name: 'out' })],
    });
    const [x, y] = [uniform([2, 3, 1], 1), uniform([2, 1], 2)];
    const objectives = [{ output: 'out', loss: 'meanSquaredError', priority: 0 }];
    const run = (change: object) =>
      fit(model, x, y, { objectives, combiner: sum, optimizer: 'sgd', batchSize: 2, ...change });
    await run({});
    const store = memoryStore();
    const refusal = (owner: string) =>
      new RegExp(`^${owner}: the layer "${name}" is stateful, and its states are in no checkpoint`);
    const message = async (failing: Promise<unknown>) =>
      failing.then(
        () => 'nothing was refused',
        (error: Error) => error.message,
      );
    expect(await message(run({ checkpoint: { to: store } }))).toMatch(refusal('fit: checkpoint'));
    expect(await message(run({ resumeFrom: store }))).toMatch(refusal('fit: resumeFrom'));
    const trainer = createTrainer({
      objectives: objectivesOf(model, objectives),
      combiner: sum,
      optimizer: tf.train.sgd(0.1),
      ...weightsOf(model),
    });
    expect(await message(saveCheckpoint(trainer, store, { model }))).toMatch(refusal('saveCheckpoint'));
    expect(await message(loadCheckpoint(trainer, store, { model }))).toMatch(refusal('loadCheckpoint'));
    expect(store.saves).toBe(0);
  },
);
