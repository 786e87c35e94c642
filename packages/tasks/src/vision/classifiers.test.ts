import type { Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { fashionMnist } from '../datasets/fashion-mnist.ts';
import { type LabelledImages, mnist } from '../datasets/mnist.ts';
import { normals } from '../random.ts';
import { cnnFeatures, surprise } from '../testing/networks.ts';
import { dot, slope, trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { digitInCorner } from './digit-in-corner.ts';
import { fashionAndDigits } from './fashion-and-digits.ts';
import { fashionMnistScale, mnistScale, type Scale } from './images.ts';
import { littleConflict } from './little-conflict.ts';
import { paint } from './pictures.ts';
import { weightDecay } from './weight-decay.ts';

// The three tasks on Fashion-MNIST.
// A test that fails must not leave its variables to the next.
afterEach(() => tf.disposeVariables());

const SMALL = { epochs: 2, batch: 2, images: 6 };

type Batch = Readonly<Record<string, tf.Tensor>>;
type Create = (options: object, seed: number) => Promise<Task<Batch>>;
const tasks = {
  'weight-decay': weightDecay as Create,
  'fashion-and-digits': fashionAndDigits as Create,
  'little-conflict': littleConflict as Create,
};

/** The parts of each cross-entropy: its objective, the pictures, the labels and the head. */
const losses = [
  ['weight-decay', 'cross-entropy', 'pictures', 'labels', 'dense'],
  ['fashion-and-digits', 'clothing', 'pictures', 'clothing', 'clothing'],
  ['fashion-and-digits', 'digit', 'pictures', 'digits', 'digit'],
  ['little-conflict', 'clothing', 'clothes', 'clothing', 'clothing'],
  ['little-conflict', 'digit', 'digits', 'digit', 'digit'],
] as const;

/** The gradients of an objective, by the names of the variables that its loss depends on. */
function gradientsOf<Given extends tf.TensorContainer>(
  { objectives, variables }: Task<Given>,
  name: string,
  batch: Given,
): Map<string, Float32Array> {
  const { loss } = objectives.find((own) => own.name === name)!;
  const { value, grads } = tf.variableGrads(() => loss(batch) as tf.Scalar, [...variables]);
  const gradients = new Map(
    Object.entries(grads).map(([key, own]) => [key, own.dataSync<'float32'>().slice()]),
  );
  tf.dispose([value, grads]);
  return gradients;
}

const classes = (labels: tf.Tensor) => (labels.arraySync() as number[][]).map((oneHot) => oneHot.indexOf(1));
const pixels = (pictures: tf.Tensor) =>
  tf.tidy(() => (tf.reshape(pictures, [-1, 784]) as tf.Tensor2D).arraySync());

describe.each(losses)('%s: %s', (id, name, pictures, labels, head) => {
  test('the loss and its gradient are those of the network in float64', async () => {
    const task = await tasks[id](SMALL, 2);
    const batch = task.batch(0);
    const inputs = pixels(batch[pictures]!);
    const right = classes(batch[labels]!);
    const objective = task.objectives.find((own) => own.name === name)!;
    const top = task.variables.findIndex((variable) => variable.name === `${id}/${head}/kernel`);
    const parameters = task.variables.map((variable) => [...variable.dataSync()]);
    const value = (own: readonly ArrayLike<number>[]) =>
      inputs.reduce(
        (sum, input, example) =>
          sum + surprise(cnnFeatures(own, input), own[top]!, own[top + 1]!, right[example]!) / inputs.length,
        0,
      );
    expect(tf.tidy(() => (objective.loss(batch) as tf.Tensor).dataSync()[0])).toBeCloseTo(
      value(parameters),
      4,
    );
    const gradients = gradientsOf(task, name, batch);
    for (const [index, variable] of task.variables.entries()) {
      // Only the other head is out of reach.
      const reached = index < 6 || index === top || index === top + 1;
      expect(gradients.has(variable.name)).toBe(reached);
      if (!reached) continue;
      const along = normals(variable.size, 1, 3, index);
      const numeric = slope(
        (own) => value(parameters.with(index, [...own])),
        parameters[index]!,
        along,
        1e-7,
      );
      const analytic = dot(gradients.get(variable.name)!, along);
      expect(Math.abs(analytic - numeric)).toBeLessThan(1e-3 * (0.01 + Math.abs(numeric)));
    }
    tf.dispose(batch);
    task.dispose();
  });
});

test('weight-decay: the squared norm is that of the kernels, and its gradient the kernels', async () => {
  const task = await weightDecay(SMALL, 4);
  for (const variable of task.variables) if (variable.rank === 1) variable.assign(tf.ones(variable.shape));
  const objective = task.objectives[1]!;
  const batch = task.batch(0);
  const gradients = gradientsOf(task, 'squared-norm', batch);
  let squares = 0;
  for (const variable of task.variables) {
    const values = variable.dataSync<'float32'>();
    const isKernel = variable.name.endsWith('kernel');
    if (isKernel) squares += dot(values, values);
    expect(gradients.get(variable.name)).toEqual(isKernel ? values : undefined);
  }
  expect(tf.tidy(() => (objective.loss(batch) as tf.Tensor).dataSync()[0])! / squares).toBeCloseTo(0.5, 6);
  const { train, test: tested } = await task.evaluate();
  expect(train['squared-norm']! / squares).toBeCloseTo(0.5, 6);
  expect(tested!['squared-norm']).toBe(train['squared-norm']);
  tf.dispose(batch);
  task.dispose();
});

/**
 * Of the first images, those that are this picture when moved and, where allowed, mirrored; `finish` paints
 * over them.
 */
function sources(
  picture: readonly number[],
  { images }: LabelledImages,
  { mean, deviation }: Scale,
  mirrors: readonly boolean[],
  finish: (index: number, painted: Uint8Array) => void = () => {},
): number[] {
  const bytes = Uint8Array.from(picture, (pixel) => Math.round((pixel * deviation + mean) * 255));
  const matches = (index: number) =>
    [-2, -1, 0, 1, 2].some((right) =>
      [-2, -1, 0, 1, 2].some((down) =>
        mirrors.some((mirrored) => {
          const painted = new Uint8Array(784);
          paint(images, index, { right, down, mirrored }, painted);
          finish(index, painted);
          return painted.every((byte, at) => byte === bytes[at]);
        }),
      ),
    );
  return [0, 1, 2, 3, 4, 5].filter(matches);
}

test.each([
  ['weight-decay', 'pictures', 'labels'],
  ['little-conflict', 'clothes', 'clothing'],
] as const)('%s: clothes are moved and mirrored, and keep their labels', async (id, pictures, labels) => {
  const task = await tasks[id](SMALL, 1);
  const { train } = fashionMnist();
  const seen = [0, 1, 2].flatMap((step) => {
    const batch = task.batch(step);
    const right = classes(batch[labels]!);
    const found = pixels(batch[pictures]!).flatMap((picture) =>
      sources(picture, train, fashionMnistScale, [false, true]),
    );
    expect(right).toEqual(found.map((index) => train.labels[index]));
    tf.dispose(batch);
    return found;
  });
  expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect([task.stepsPerEpoch, task.steps]).toEqual([3, 6]);
  task.dispose();
});

test('fashion-and-digits: the digit of the same number is in the corner, never moved or mirrored', async () => {
  const task = await fashionAndDigits(SMALL, 1);
  const clothes = fashionMnist().train;
  const digits = mnist().train;
  const corner = (index: number, painted: Uint8Array) => digitInCorner(digits.images, index, painted);
  for (const step of [0, 1, 2]) {
    const batch = task.batch(step);
    const found = pixels(batch.pictures).flatMap((picture) =>
      sources(picture, clothes, fashionMnistScale, [false, true], corner),
    );
    expect(classes(batch.clothing)).toEqual(found.map((index) => clothes.labels[index]));
    expect(classes(batch.digits)).toEqual(found.map((index) => digits.labels[index]));
    tf.dispose(batch);
  }
  task.dispose();
});

test('little-conflict: digits are moved but never mirrored, and drawn in an order of their own', async () => {
  const task = await littleConflict(SMALL, 1);
  const { train } = mnist();
  const orders = [0, 1, 2].map((step) => {
    const batch = task.batch(step);
    const digits = pixels(batch.digits).flatMap((picture) => sources(picture, train, mnistScale, [false]));
    expect(classes(batch.digit)).toEqual(digits.map((index) => train.labels[index]));
    const clothes = pixels(batch.clothes).flatMap((picture) =>
      sources(picture, fashionMnist().train, fashionMnistScale, [false, true]),
    );
    tf.dispose(batch);
    return { digits, clothes };
  });
  expect(orders.map(({ digits }) => digits)).not.toEqual(orders.map(({ clothes }) => clothes));
  expect(orders.flatMap(({ digits }) => digits).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  task.dispose();
});

/**
 * The losses after four steps: those of the training data, then those of the test data. If they change, so
 * must the version of the task.
 */
const ends: Readonly<Record<string, readonly string[]>> = {
  'weight-decay': ['1.793', '120.588', '3.098', '120.588'],
  'fashion-and-digits': ['1.748', '2.065', '3.220', '2.438'],
  'little-conflict': ['1.789', '2.117', '3.064', '2.383'],
};

describe.each(Object.entries(tasks))('%s', (id, create) => {
  test('training resumed from a checkpoint equals training that never stopped, to the last bit, and ends where it ended before', async () => {
    const options = { epochs: 2, batch: 2, images: 4 };
    const values = (task: Task<Batch>) => task.variables.map((variable) => [...variable.dataSync()]);
    const straight = await create(options, 3);
    const first = straight.optimizer();
    const trainer = trainerOf(straight, weighing(1, 0.1), first);
    await trainSteps(straight, trainer, 0, 2);
    const saved = await trainer.checkpoint();
    await trainSteps(straight, trainer, 2, 4);
    const expected = values(straight);
    const { train, test: tested } = await straight.evaluate();
    const losses = [...Object.values(train), ...Object.values(tested!)].map((loss) => loss.toFixed(3));
    expect(losses).toEqual(ends[id]);
    for (const owner of [trainer, first, straight]) owner.dispose();

    const resumed = await create(options, 3);
    const second = resumed.optimizer();
    const again = trainerOf(resumed, weighing(1, 0.1), second);
    await again.restore(saved);
    await trainSteps(resumed, again, 2, 4);
    expect(values(resumed)).toEqual(expected);
    for (const owner of [again, second, resumed]) owner.dispose();
  });

  test('a batch larger than the images is refused, and so are images that there are not', async () => {
    await expect(create({ images: 100 }, 0)).rejects.toThrow(
      `${id}: option batch: Must be at most the number of images`,
    );
    await expect(create({ images: 59_947 }, 0)).rejects.toThrow(/option images: .*<= 59946/);
  });
});

test('fashion-and-digits: a network that there is not is refused', async () => {
  const unknown = { ...SMALL, network: 'resnet' } as object;
  await expect(fashionAndDigits(unknown)).rejects.toThrow(/option network: .*"cnn", "resnet-18"/);
});
