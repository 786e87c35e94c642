import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { texts } from '../datasets/texts.ts';
import { trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { languageModel } from './language-model.ts';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';
import { createTransformer } from './transformer.ts';
import { windowsFrom } from './windows.ts';

const SMALL = { layers: 1, heads: 2, width: 8, feedForward: 16, context: 8, batch: 4, steps: 20 };

test('a sentence is learned by heart', async () => {
  const text = new TextEncoder().encode('Call me Ishmael. Some years ago');
  const [count, context] = [3, 9];
  const shape = { layers: 1, heads: 2, width: 16, feedForward: 16, context };
  const network = createTransformer('by-heart', shape, 0);
  const windows = windowsFrom(text, [0, 10, 20], context + 1);
  const inputs = tf.slice(windows, [0, 0], [count, context]);
  const next = tf.reshape<tf.Rank.R1>(tf.slice(windows, [0, 1], [count, context]), [count * context]);
  const loss = () => sparseCrossEntropy(network.logits(inputs), next);
  const optimizer = tf.train.adam(0.02);
  for (let step = 0; step < 100; step++) optimizer.minimize(loss);
  expect(tf.tidy(() => loss().dataSync()[0])).toBeLessThan(0.05);
  tf.dispose([windows, inputs, next]);
  optimizer.dispose();
  network.dispose();
});

test('windows of a batch lie in the parts that are trained on', async () => {
  const task = await languageModel({ ...SMALL, batch: 64 }, 1);
  for (let step = 0; step < 5; step++) {
    const batch = task.batch(step);
    for (const name of ['speeches', 'novel'] as const) {
      const part = Buffer.from(texts()[name].train);
      expect(batch[name].shape).toEqual([64, 9]);
      for (const window of batch[name].arraySync()) expect(part.includes(Buffer.from(window))).toBe(true);
    }
    tf.dispose(batch);
  }
  task.dispose();
});

test('the steps of a run draw from all over a text', async () => {
  const task = await languageModel({ ...SMALL, batch: 200 }, 2);
  const { novel, speeches } = task.batch(0);
  const part = Buffer.from(texts().novel.train);
  const starts = novel.arraySync().map((window) => part.indexOf(Buffer.from(window)) / part.length);
  for (let quarter = 0; quarter < 4; quarter++)
    expect(starts.filter((start) => Math.floor(4 * start) === quarter).length).toBeGreaterThan(25);
  tf.dispose([novel, speeches]);
  task.dispose();
});

test('before training every byte is about as likely as any other, on all four texts', async () => {
  const task = await languageModel(SMALL, 3);
  const { train, test: heldOut } = await task.evaluate();
  for (const loss of [train.speeches, train.novel, heldOut!.speeches, heldOut!.novel])
    expect(Math.abs(loss! - Math.log(256))).toBeLessThan(1);
  task.dispose();
});

test('an objective looks at its own text alone', async () => {
  const task = await languageModel(SMALL, 3);
  const { speeches, novel } = task.batch(0);
  const [first, second] = task.objectives as [(typeof task.objectives)[0], (typeof task.objectives)[0]];
  const value = (objective: typeof first, batch: Parameters<typeof first.loss>[0]) =>
    tf.tidy(() => (objective.loss(batch) as tf.Tensor).dataSync()[0]);
  expect(value(first, { speeches, novel: speeches })).toBe(value(first, { speeches, novel }));
  expect(value(second, { speeches: novel, novel })).toBe(value(second, { speeches, novel }));
  expect(value(second, { speeches, novel: speeches })).toBe(value(first, { speeches, novel }));
  tf.dispose([speeches, novel]);
  task.dispose();
});

test('training resumed from a checkpoint equals training that never stopped, to the last bit', async () => {
  const values = (task: Awaited<ReturnType<typeof languageModel>>) =>
    task.variables.map((variable) => [...variable.dataSync()]);
  const straight = await languageModel(SMALL);
  const first = straight.optimizer();
  const trainer = trainerOf(straight, weighing(1, 0.1), first);
  await trainSteps(straight, trainer, 0, 3);
  const saved = await trainer.checkpoint();
  await trainSteps(straight, trainer, 3, 6);
  const expected = values(straight);
  trainer.dispose();
  first.dispose();
  straight.dispose();

  const resumed = await languageModel(SMALL);
  const second = resumed.optimizer();
  const again = trainerOf(resumed, weighing(1, 0.1), second);
  await again.restore(saved);
  await trainSteps(resumed, again, 3, 6);
  expect(values(resumed)).toEqual(expected);
  again.dispose();
  second.dispose();
  resumed.dispose();
});

// Recorded runs are used again as long as the version stays.
test('twenty steps end where they ended before: if that changes, so must the version of the task', async () => {
  const task = await languageModel(SMALL, 7);
  const optimizer = task.optimizer();
  const trainer = trainerOf(task, weighing(1, 0.5), optimizer);
  await trainSteps(task, trainer, 0, 20);
  const { train, test: heldOut } = await task.evaluate();
  const digits = [train.speeches, train.novel, heldOut!.speeches, heldOut!.novel].map((x) => x!.toFixed(3));
  expect(digits).toEqual(['5.648', '5.645', '5.624', '5.644']);
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
});

test('heads must divide the width', async () => {
  await expect(languageModel({ heads: 5 })).rejects.toThrow(
    'language-model: option width: Must be a multiple of the number of heads',
  );
});
