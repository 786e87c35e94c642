import type { Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { shuffledBatches } from './batches.ts';
import { fashionMnist } from './datasets/fashion-mnist.ts';
import { mnist } from './datasets/mnist.ts';
import { texts } from './datasets/texts.ts';
import { splitExamples } from './splits.ts';
import { languageModel } from './text/language-model.ts';
import { fashionAndDigits } from './vision/fashion-and-digits.ts';
import { littleConflict } from './vision/little-conflict.ts';
import { mnistLevels } from './vision/mnist-levels.ts';
import { smoothMnist } from './vision/smooth-mnist.ts';
import { weightDecay } from './vision/weight-decay.ts';

// A test that fails must not leave its variables to the next.
afterEach(() => tf.disposeVariables());

test.each([
  [10, 0],
  [10, 1],
  [100, 30],
  [60_000, 10_000],
])('%i examples, %i of them for validation: each is in exactly one part', (count, held) => {
  const { train, validation } = splitExamples(count, held);
  expect([train.length, validation.length]).toEqual([count - held, held]);
  expect(Int32Array.from([...train, ...validation]).sort()).toEqual(
    Int32Array.from({ length: count }, (_, index) => index),
  );
  expect(splitExamples(count, held)).toEqual({ train, validation });
});

test('the validation part is drawn from all over the examples', () => {
  const { validation } = splitExamples(60_000, 10_000);
  const mean = validation.reduce((sum, example) => sum + example, 0) / validation.length;
  // Four standard deviations of the mean of that many uniform numbers.
  expect(Math.abs(mean - 30_000)).toBeLessThan((4 * 60_000) / Math.sqrt(12 * 10_000));
});

type Create = (options: object, seed: number) => Promise<Task<Readonly<Record<string, tf.Tensor>>>>;

const COURSE = { epochs: 1, batch: 10, images: 60 };
const clothes = () => fashionMnist().train.labels;
const digits = () => mnist().train.labels;

/** The tasks on images: the labels of their batches, and those of their data. */
const imageTasks = [
  ['smooth-mnist', smoothMnist as unknown as Create, 'labels', digits],
  ['mnist-levels', mnistLevels as unknown as Create, 'labels', digits],
  ['weight-decay', weightDecay as Create, 'labels', clothes],
  ['fashion-and-digits', fashionAndDigits as Create, 'digits', digits],
  ['little-conflict', littleConflict as Create, 'clothing', clothes],
] as const;

test.each(imageTasks)('%s trains on the training part alone', async (_, create, name, labels) => {
  const task = await create({ ...COURSE, validation: 20 }, 3);
  const { train } = splitExamples(60, 20);
  const { at, stepsPerEpoch } = shuffledBatches({ examples: 40, batch: 10, seed: 3 });
  expect(task.stepsPerEpoch).toBe(stepsPerEpoch);
  for (let step = 0; step < stepsPerEpoch; step++) {
    const batch = task.batch(step);
    const seen = [...tf.tidy(() => tf.argMax(batch[name]!, 1).dataSync())];
    expect(seen).toEqual([...at(step)].map((index) => labels()[train[index]!]!));
    tf.dispose(batch);
  }
  task.dispose();
});

test.each(imageTasks)('%s: the parts have the mean losses and accuracies of the whole', async (_, create) => {
  const split = await create({ ...COURSE, validation: 20 }, 4);
  const parts = await split.evaluate();
  split.dispose();
  const whole = await create(COURSE, 4);
  const { train, test: tested, validation, metrics } = await whole.evaluate();
  whole.dispose();
  expect(validation).toBeUndefined();
  expect(parts.test).toEqual(tested);
  for (const [name, loss] of Object.entries(train)) {
    expect((40 * parts.train[name]! + 20 * parts.validation![name]!) / 60).toBeCloseTo(loss, 5);
  }
  for (const name of Object.keys(metrics!).filter((name) => name.startsWith('train/'))) {
    const other = name.replace('train/', 'validation/');
    expect((40 * parts.metrics![name]! + 20 * parts.metrics![other]!) / 60).toBeCloseTo(metrics![name]!, 5);
  }
});

test.each(imageTasks)('%s refuses a batch that the training part cannot fill', async (_, create) => {
  await expect(create({ ...COURSE, validation: 51 }, 0)).rejects.toThrow('the number of images that train');
});

test('the language model trains on no byte of the end of the training texts', async () => {
  const shape = { layers: 1, heads: 2, width: 8, feedForward: 16, context: 8, steps: 20 };
  const task = await languageModel({ ...shape, batch: 64, validation: 0.5 }, 1);
  const { novel } = texts();
  const [first, last] = [0, 0.5].map((from) =>
    Buffer.from(novel.train.subarray(from * novel.train.length, (from + 0.5) * novel.train.length)),
  );
  for (let step = 0; step < 5; step++) {
    const batch = task.batch(step);
    for (const window of batch.novel.arraySync()) expect(first!.includes(Buffer.from(window))).toBe(true);
    tf.dispose(batch);
  }
  expect(last!.length).toBe(novel.train.length / 2);
  const { train, validation } = await task.evaluate();
  expect(Object.keys(validation!)).toEqual(['speeches', 'novel']);
  expect(validation).not.toEqual(train);
  task.dispose();
});
