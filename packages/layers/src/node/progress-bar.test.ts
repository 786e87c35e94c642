import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { fit } from '../index.ts';
import { datasetOf, sum, uniform, wholeNumbers } from '../testing/data.ts';
import { progressBar, type Terminal } from './index.ts';

afterEach(() => tf.disposeVariables());

async function written(terminal: Omit<Terminal, 'write'>, change: object = {}): Promise<string> {
  let text = '';
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 4, activation: 'softmax', inputShape: [3] })],
  });
  const bar = progressBar({ ...terminal, write: (more) => (text += more) });
  const data = datasetOf(3, (batch) => ({ xs: uniform([2, 3], batch), ys: wholeNumbers([2], 4, batch) }));
  await fit(model, data, {
    objectives: [{ output: 0, loss: 'sparseCategoricalCrossentropy', priority: 0, metrics: 'accuracy' }],
    combiner: sum,
    optimizer: 'sgd',
    epochs: 2,
    callbacks: [bar],
    ...change,
  });
  return text;
}

test('a line for each epoch stays, and batches are shown in place', async () => {
  const text = await written({ isTTY: true, columns: 120 }, { batchesPerEpoch: 3, epochs: 1 });
  const [first] = text.split('\n');
  const shown = first!.split('\r\u001b[K');
  expect(shown[0]).toBe('');
  expect(shown[1]).toMatch(/^epoch 1 of 1 \[={7} {13}\] 1\/3 \d+\.\d s left loss [\d.]+ acc [\d.]+$/);
  expect(shown.at(-1)).toMatch(/^epoch 1 of 1: \d+\.\d s, [\d.]+ ms a step loss [\d.]+ acc [\d.]+$/);
});

test('without a known number of batches it counts them, and a line fits the terminal', async () => {
  const text = await written({ isTTY: true, columns: 30 });
  const lines = text.split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain('epoch 2 of 2 1 steps');
  for (const line of text.split(/\n|\r/)) expect(line.replace('\u001b[K', '').length).toBeLessThan(30);
});

test('nothing is written where there is no terminal, or with verbose: 0', async () => {
  expect(await written({})).toBe('');
  expect(await written({ isTTY: true }, { verbose: 0 })).toBe('');
});
