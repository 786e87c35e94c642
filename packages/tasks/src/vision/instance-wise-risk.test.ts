import type { Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { mnist } from '../datasets/mnist.ts';
import { normals } from '../random.ts';
import { surprise } from '../testing/networks.ts';
import { dot, trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { classesOf, measureClasses } from './by-class.ts';
import { type InstanceWiseRiskOptions, instanceWiseRisk, type LabelledBatch } from './instance-wise-risk.ts';

// A test that fails must not leave its variables to the next.
afterEach(() => tf.disposeVariables());

const SMALL = { epochs: 1, batch: 10, images: 100 };

const MARKS = normals(784, 1, 5);

/** The images that an epoch trains on, each as a number that no other image has, and their labels there. */
async function trainedOn(options: InstanceWiseRiskOptions, seed = 0): Promise<Map<number, number>> {
  const task = await instanceWiseRisk(options, seed);
  const seen = new Map<number, number>();
  for (let step = 0; step < task.stepsPerEpoch; step++) {
    const batch = task.batch(step);
    const labels = batch.labels.arraySync();
    for (const [row, image] of batch.images.arraySync().entries())
      seen.set(dot(image, MARKS), labels[row]!.indexOf(1));
    tf.dispose(batch);
  }
  task.dispose();
  return seen;
}

const countsOf = (labels: Iterable<number>) => {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
};

describe('the training data', () => {
  test('has as many images of each class, with their own labels', async () => {
    expect(countsOf((await trainedOn(SMALL)).values())).toEqual(new Array(10).fill(10));
  });

  test('has exactly the share of wrong labels, other ones for each seed, on the same images', async () => {
    const clean = await trainedOn(SMALL);
    const wrong: number[][] = [];
    for (const seed of [0, 1]) {
      const noisy = await trainedOn({ ...SMALL, noise: 0.3 }, seed);
      expect(new Set(noisy.keys())).toEqual(new Set(clean.keys()));
      wrong.push([...clean.keys()].filter((image) => noisy.get(image) !== clean.get(image)));
    }
    expect(wrong.map(({ length }) => length)).toEqual([30, 30]);
    expect(wrong[0]).not.toEqual(wrong[1]);
  });

  test('has one tenth of the images of the most frequent class in the rarest at imbalance 10', async () => {
    const counts = countsOf((await trainedOn({ ...SMALL, batch: 1, imbalance: 10 })).values());
    expect(counts.toSorted((a, b) => b - a)).toEqual([10, 8, 6, 5, 4, 3, 2, 2, 1, 1]);
  });

  test('does not hold what is held out, and both are balanced', async () => {
    const all = await trainedOn(SMALL);
    const few = await trainedOn({ ...SMALL, validation: 40 });
    expect(few.size).toBe(60);
    expect(countsOf(few.values())).toEqual(new Array(10).fill(6));
    for (const [image, label] of few) expect(all.get(image)).toBe(label);
  });
});

test('the losses are the surprise of each example in float64', async () => {
  const task = await instanceWiseRisk({ ...SMALL, noise: 0.2 }, 2);
  const [kernel, bias, top, offset] = task.variables.map((variable) => variable.dataSync<'float32'>());
  const batch = task.batch(0);
  const loss = tf.tidy(() => task.objectives[0]!.loss(batch) as tf.Tensor);
  expect(loss.shape).toEqual([10]);
  const labels = batch.labels.arraySync();
  const values = loss.dataSync();
  for (const [row, image] of batch.images.arraySync().entries()) {
    const hidden = Array.from(bias!, (own, unit) =>
      Math.max(
        0,
        image.reduce((sum, x, pixel) => sum + x * kernel![pixel * 64 + unit]!, own),
      ),
    );
    expect(values[row]).toBeCloseTo(surprise(hidden, top!, offset!, labels[row]!.indexOf(1)), 4);
  }
  tf.dispose([loss, batch]);
  task.dispose();
});

test('noise and imbalance reach neither validation nor test data', async () => {
  const evaluate = async (changes: object) => {
    const task = await instanceWiseRisk({ ...SMALL, validation: 40, ...changes }, 1);
    const evaluation = await task.evaluate();
    task.dispose();
    return evaluation;
  };
  const [clean, noisy, rare] = [
    await evaluate({}),
    await evaluate({ noise: 0.5 }),
    await evaluate({ imbalance: 3 }),
  ];
  for (const { train, validation, test: tested } of [noisy, rare]) {
    expect([validation, tested]).toEqual([clean.validation, clean.test]);
    expect(train).not.toEqual(clean.train);
  }
  expect(clean.metrics!['test/worst-class-error']).toBeGreaterThanOrEqual(
    1 - clean.metrics!['test/accuracy']!,
  );
});

test('the worst class is the one with the largest share of wrong answers', async () => {
  const data = mnist().test;
  const examples = Int32Array.from({ length: 200 }, (_, example) => example);
  // The answer is always 3, and a 3 costs log(1 + 9 / e).
  const outputs = (images: tf.Tensor2D) =>
    tf.tile(tf.tensor2d([[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]), [images.shape[0], 1]);
  const threes = examples.filter((example) => data.labels[example] === 3).length / 200;
  const { losses, metrics } = await measureClasses(classesOf({ data, examples }), outputs);
  expect(metrics!.accuracy).toBeCloseTo(threes, 12);
  expect(metrics!['worst-class-error']).toBe(1);
  expect(losses['cross-entropy']).toBeCloseTo(Math.log(Math.E + 9) - threes, 6);
  const only = await measureClasses(
    classesOf({ data, examples: examples.filter((example) => data.labels[example] === 3) }),
    outputs,
  );
  expect(only.metrics).toEqual({ accuracy: 1, 'worst-class-error': 0 });
});

test('training resumed from a checkpoint equals training that never stopped, to the last bit', async () => {
  const options = { epochs: 2, batch: 20, images: 40, noise: 0.2, imbalance: 1.5 };
  const values = (task: Task<LabelledBatch>) => task.variables.map((variable) => [...variable.dataSync()]);
  const combiner = weighing(...new Array<number>(20).fill(1 / 20));
  const straight = await instanceWiseRisk(options, 3);
  const first = straight.optimizer();
  const trainer = trainerOf(straight, combiner, first);
  await trainSteps(straight, trainer, 0, 1);
  const saved = await trainer.checkpoint();
  await trainSteps(straight, trainer, 1, 2);
  const expected = values(straight);
  const { train, test: tested } = await straight.evaluate();
  // If they change, so must the version of the task.
  expect([...Object.values(train), ...Object.values(tested!)].map((loss) => loss.toFixed(3))).toEqual([
    '1.447',
    '2.055',
  ]);
  for (const owner of [trainer, first, straight]) owner.dispose();

  const resumed = await instanceWiseRisk(options, 3);
  const second = resumed.optimizer();
  const again = trainerOf(resumed, combiner, second);
  await again.restore(saved);
  await trainSteps(resumed, again, 1, 2);
  expect(values(resumed)).toEqual(expected);
  for (const owner of [again, second, resumed]) owner.dispose();
});

test.each([
  [{ images: 25 }, 'option images: Must be a multiple of 10'],
  [{ images: 60_000 }, 'option images: '],
  [{ noise: 1 }, 'option noise: '],
  [{ imbalance: 0.5 }, 'option imbalance: '],
  [{ images: 50, validation: 50 }, 'option validation: Must be below the number of images'],
  [{ images: 100, imbalance: 10, batch: 43 }, 'A batch of 43 cannot be drawn from 42 examples'],
])('%o is refused', async (options, message) => {
  await expect(instanceWiseRisk(options)).rejects.toThrow(message);
});
