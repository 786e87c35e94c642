import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { mnist } from '../datasets/mnist.ts';
import { splitExamples } from '../splits.ts';
import { trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { twoDigits } from './two-digits.ts';
import { digitPairs, pairTensor, rightTensor } from './two-digits-pairs.ts';

// A test that fails must not leave its variables to the next.
afterEach(() => tf.disposeVariables());

const SMALL = { epochs: 2, batch: 4, images: 24 };

describe('pairs', () => {
  const split = splitExamples(60, 20);
  const pairs = digitPairs(mnist(), split, 30);

  test('have each digit of a part once on the right, and none of another part', () => {
    for (const part of [split.train, split.validation]) {
      const partners = part.map((example) => pairs.train.partners[example]!);
      expect(partners.toSorted()).toEqual(part);
      expect(partners).not.toEqual(part);
    }
    const tested = pairs.test.partners.subarray(0, 30);
    expect(tested.toSorted()).toEqual(Int32Array.from({ length: 30 }, (_, index) => index));
  });

  test('show the brighter digit at each pixel, the left one up and to the left', () => {
    const { train } = mnist();
    const chosen = Int32Array.from([7, 33]);
    const pictures = pairTensor(pairs.train, chosen);
    const right = rightTensor(pairs.train, chosen);
    const [shown, alone] = [pictures.dataSync(), right.dataSync()];
    tf.dispose([pictures, right]);
    const pixel = (image: number, row: number, column: number) =>
      row < 0 || column < 0 || row > 27 || column > 27 ? 0 : train.images[(image * 28 + row) * 28 + column]!;
    for (const [index, example] of chosen.entries()) {
      const partner = pairs.train.partners[example]!;
      expect(pairs.train.rightLabels[example]).toBe(train.labels[partner]);
      for (let row = 0; row < 28; row++) {
        for (let column = 0; column < 28; column++) {
          const at = (index * 28 + row) * 28 + column;
          const other = pixel(partner, row - 4, column - 4);
          const brightest = Math.max(pixel(example, row + 4, column + 4), other);
          expect(shown[at]).toBeCloseTo((brightest / 255 - 0.1307) / 0.3081, 5);
          expect(alone[at]).toBeCloseTo(other / 255, 6);
        }
      }
    }
  });

  test('lose at most three hundredths of the brightness at the edge', () => {
    const all = digitPairs(mnist(), splitExamples(2000), 1);
    const whole = mnist().train.images.subarray(0, 2000 * 784);
    const right = rightTensor(
      all.train,
      Int32Array.from({ length: 2000 }, (_, index) => index),
    );
    const kept = right.dataSync<'float32'>().reduce((sum, value) => sum + value, 0);
    right.dispose();
    expect(kept / (whole.reduce((sum, value) => sum + value, 0) / 255)).toBeGreaterThan(0.97);
  });
});

test('a batch has the labels of both digits, or the pixels of the right one', async () => {
  const classes = await twoDigits(SMALL, 1);
  const given = classes.batch(3);
  expect([given.left.shape, given.right.shape]).toEqual([
    [4, 10],
    [4, 10],
  ]);
  classes.dispose();
  const other = await twoDigits({ ...SMALL, right: 'pixels' }, 1);
  const wanted = other.batch(3);
  expect(wanted.right.shape).toEqual([4, 784]);
  // The pictures and the left labels are the same.
  expect(wanted.pictures.dataSync()).toEqual(given.pictures.dataSync());
  expect(wanted.left.dataSync()).toEqual(given.left.dataSync());
  other.dispose();
  tf.dispose([given, wanted] as unknown as tf.TensorContainer);
});

test.each(['class', 'pixels'] as const)(
  'right %s: the evaluation is the mean loss of all batches',
  async (right) => {
    const task = await twoDigits({ epochs: 1, batch: 4, images: 8, right }, 2);
    const sums = task.objectives.map(() => 0);
    for (let step = 0; step < task.steps; step++) {
      const batch = task.batch(step);
      for (const [index, { loss }] of task.objectives.entries()) {
        sums[index]! += tf.tidy(() => (loss(batch) as tf.Scalar).dataSync()[0]!) / task.steps;
      }
      tf.dispose(batch as unknown as tf.TensorContainer);
    }
    const { train, metrics } = await task.evaluate();
    expect(train.left).toBeCloseTo(sums[0]!, 5);
    expect(train.right).toBeCloseTo(sums[1]!, 5);
    expect('train/right-accuracy' in metrics!).toBe(right === 'class');
    task.dispose();
  },
);

test('both digits are learned by heart', async () => {
  const task = await twoDigits({ epochs: 30, batch: 2, images: 2, rate: 3e-3 }, 3);
  const optimizer = task.optimizer();
  const trainer = trainerOf(task, weighing(1, 1), optimizer);
  await trainSteps(task, trainer, 0, task.steps);
  const { metrics } = await task.evaluate();
  expect([metrics!['train/left-accuracy'], metrics!['train/right-accuracy']]).toEqual([1, 1]);
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
});
