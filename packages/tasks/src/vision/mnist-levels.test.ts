import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { type MnistLevelsOptions, mnistLevels } from './mnist-levels.ts';
import { smoothMnist } from './smooth-mnist.ts';

const SMALL = { epochs: 1, batch: 16, images: 64 };
const NAMES = ['cross-entropy', 'smoothness', 'norm', 'confidence'];
type Levels = Awaited<ReturnType<typeof mnistLevels>>;

/** The value of each objective on the first batch. */
function valuesOf(task: Levels): Record<string, number> {
  const batch = task.batch(0);
  const values = task.objectives.map(({ name, loss }) => [
    name,
    tf.tidy(() => (loss(batch) as tf.Tensor).dataSync()[0]!),
  ]);
  tf.dispose(batch);
  return Object.fromEntries(values);
}

test('priorities follow the order that was asked for, and what is left out is evaluated too', async () => {
  for (const order of [['norm', 'cross-entropy', 'smoothness'], ['cross-entropy'], NAMES]) {
    const task = await mnistLevels({ ...SMALL, order } as MnistLevelsOptions);
    expect(task.objectives.map(({ name, priority }) => [name, priority])).toEqual(
      [...order.entries()].map(([p, n]) => [n, p]),
    );
    const { train, test } = await task.evaluate();
    for (const part of [train, test!]) expect(Object.keys(part)).toEqual(NAMES);
    task.dispose();
  }
});

test('batches, weights and the first two losses are those of smooth-mnist', async () => {
  const levels = await mnistLevels(SMALL, 3);
  const smooth = await smoothMnist(SMALL, 3);
  const contents = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);
  expect(contents([...levels.variables, ...levels.state!])).toEqual(
    contents([...smooth.variables, ...smooth.state!]),
  );
  for (const step of [0, 5]) {
    const [ours, theirs] = [levels.batch(step), smooth.batch(step)];
    expect(contents([ours.images, ours.labels])).toEqual(contents([theirs.images, theirs.labels]));
    tf.dispose([ours, theirs]);
  }
  const { 'cross-entropy': entropy, smoothness } = valuesOf(levels);
  expect([entropy, smoothness]).toEqual(Object.values(valuesOf(smooth as Levels)));
  const [own, other] = [await levels.evaluate(), await smooth.evaluate()];
  expect(own.train.smoothness).toBe(other.train.smoothness);
  for (const split of ['train', 'test'] as const) {
    expect(own[split]!['cross-entropy']).toBeCloseTo(other[split]!['cross-entropy']!, 5);
    expect(own.metrics![`${split}/accuracy`]).toBe(other.metrics![`${split}/accuracy`]);
  }
  levels.dispose();
  smooth.dispose();
});

test('norm is half the squared weights, and confidence the negative entropy of the outputs', async () => {
  const task = await mnistLevels({ ...SMALL, batch: 64 }, 1);
  const kernels = task.variables.filter(({ rank }) => rank === 2);
  const squares = kernels.reduce(
    (sum, kernel) => sum + kernel.dataSync<'float32'>().reduce((s, w) => s + w * w, 0),
    0,
  );
  const { train } = await task.evaluate();
  const { norm, confidence } = valuesOf(task);
  expect(train.norm! / (squares / 2)).toBeCloseTo(1, 6);
  expect(norm! / (squares / 2)).toBeCloseTo(1, 5);
  // All 64 images are in the batch.
  expect(confidence).toBeCloseTo(train.confidence!, 5);
  expect(train.confidence).toBeGreaterThan(-Math.log(10));
  expect(train.confidence).toBeLessThan(0);
  // Without weights all classes are equally likely.
  for (const variable of task.variables) variable.assign(tf.zerosLike(variable));
  expect(valuesOf(task).confidence).toBeCloseTo(-Math.log(10), 5);
  task.dispose();
});

test('confidence is Σ p log p in float64, and its gradient that of the formula', async () => {
  const task = await mnistLevels({ ...SMALL, order: ['confidence'] }, 2);
  const bias = task.variables.find(({ name }) => name.endsWith('dense3/bias'))!;
  for (const variable of task.variables) variable.assign(tf.zerosLike(variable));
  const logits = [0.5, -1, 2, 0, 0, 0.25, -0.5, 1, 0, 3];
  bias.assign(tf.tensor1d(logits));
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
  const p = logits.map((x) => Math.exp(x) / total);
  const value = p.reduce((sum, x) => sum + x * Math.log(x), 0);
  expect(valuesOf(task).confidence).toBeCloseTo(value, 5);
  const batch = task.batch(0);
  const gradient = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => task.objectives[0]!.loss(batch) as tf.Scalar, [bias]);
    return [...grads[bias.name]!.dataSync()];
  });
  for (const [index, x] of gradient.entries()) {
    expect(x).toBeCloseTo(p[index]! * (Math.log(p[index]!) - value), 5);
  }
  tf.dispose(batch);
  task.dispose();
});

test('weight on an objective lowers it, beside the cross-entropy alone', async () => {
  const after = async (...weights: readonly number[]) => {
    const task = await mnistLevels({ epochs: 1, batch: 16, images: 256 });
    const optimizer = task.optimizer();
    const trainer = trainerOf(task, weighing(...weights), optimizer);
    await trainSteps(task, trainer, 0, task.steps);
    const { train } = await task.evaluate();
    trainer.dispose();
    optimizer.dispose();
    task.dispose();
    return train;
  };
  const plain = await after(1, 0, 0, 0);
  for (const [index, weight] of [
    [1, 1],
    [2, 0.1],
    [3, 1],
  ] as const) {
    const weighted = await after(1, ...[1, 2, 3].map((objective) => (objective === index ? weight : 0)));
    expect(weighted[NAMES[index]!]).toBeLessThan(plain[NAMES[index]!]!);
  }
});

test('an order without names, with one twice, or with an unknown one is refused', async () => {
  await expect(mnistLevels({ order: [] })).rejects.toThrow(
    'mnist-levels: option order: Must name an objective',
  );
  await expect(mnistLevels({ order: ['norm', 'norm'] })).rejects.toThrow('Names an objective twice');
  await expect(mnistLevels({ order: ['accuracy' as 'norm'] })).rejects.toThrow(
    /option order.0: .*cross-entropy/,
  );
  await expect(mnistLevels({ images: 100 })).rejects.toThrow('Must be at most the number of images');
});
