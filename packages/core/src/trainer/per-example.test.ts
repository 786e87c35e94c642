import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import { byLevel } from '../compose/by-level.ts';
import { smoothed } from '../compose/smoothed.ts';
import { NonFiniteError } from '../non-finite.ts';
import type { Objective } from '../objective.ts';
import { compared, watching } from '../testing/separate-gradients.ts';
import { byLoss, half, largest, projecting } from '../testing/three-objectives.ts';
import { createTrainer } from './trainer.ts';

// An objective with one loss an example: rows, losses, errors. A linear model, so that gradients are known.

type Batch = tf.Tensor2D;

let weights: tf.Variable<tf.Rank.R2>;
let variables: tf.Variable[];
let batch: Batch;

beforeEach(() => {
  weights = tf.variable(tf.tensor2d([1, -2, 0.5], [3, 1]), true, 'weights');
  variables = [weights];
  batch = tf.tensor2d([1, 2, 3, -1, 0, 2, 0.5, 1, -1, 2, 2, 2], [4, 3]);
});

afterEach(() => {
  tf.disposeVariables();
  tf.dispose(batch);
});

/** ½⟨x, w⟩² for each example x: its gradient is ⟨x, w⟩ x. */
const squares: Objective<Batch> = {
  name: 'squares',
  priority: 0,
  weight: 2,
  perExample: true,
  loss: (x) => tf.tidy(() => tf.mul(tf.square(tf.squeeze(tf.matMul(x, weights), [1])), 0.5)),
};

const length: Objective<Batch> = {
  name: 'length',
  priority: 1,
  loss: () => tf.tidy(() => tf.sum(tf.square(weights))),
};

const means: Objective<Batch> = {
  name: 'means',
  priority: 1,
  perExample: true,
  loss: (x) => tf.tidy(() => tf.sin(tf.squeeze(tf.matMul(tf.mul(x, 0.5), weights), [1]))),
};

const trainerOf = (objectives: readonly Objective<Batch>[], combiner: GradientCombiner) =>
  createTrainer<Batch>({ objectives, combiner, variables, optimizer: tf.train.sgd(0) });

test('each example is a row, with the priority and weight of its objective', async () => {
  const combiner = watching();
  const report = await trainerOf([length, squares], combiner).step(batch);
  const [step] = combiner.seen;
  expect(step!.rows).toEqual([
    { objective: 'length', level: 1, batch: 0 },
    ...[0, 1, 2, 3].map((example) => ({ objective: 'squares', level: 0, batch: 0, example })),
  ]);
  expect(step!.setup.rows.map(({ example }) => example)).toEqual([undefined, 0]);
  const outputs = [-1.5, 0, -2, -1];
  expect(step!.losses).toEqual([5.25, ...outputs.map((y) => y * y)]);
  const x = batch.arraySync();
  for (const [i, y] of outputs.entries()) {
    for (const [j, z] of outputs.entries()) {
      const inner = x[i]!.reduce((sum, value, e) => sum + value * x[j]![e]!, 0);
      expect(step!.gramian.at(1 + i, 1 + j)).toBeCloseTo(4 * y * z * inner, 4);
    }
  }
  expect(report.losses).toEqual({ length: 5.25, squares: (2.25 + 0 + 4 + 1) / 8 });
  expect(report.rows).toEqual(step!.rows);
  expect(report.coefficients).toHaveLength(5);
});

test.each(['kept', 'streamed'] as const)('the rows are separate gradients: %s', async (gradients) => {
  for (const objectives of [[squares], [squares, length], [length, squares, means]]) {
    const { gramian, direction } = await compared(objectives, variables, batch, { gradients });
    expect(gramian).toBeLessThan(1e-6);
    expect(direction).toBeLessThan(1e-6);
  }
});

test('batches may have any number of examples, also one and none', async () => {
  const combiner = watching(1);
  const subject = trainerOf([squares, length], combiner);
  for (const count of [4, 1, 0, 3]) {
    const part = tf.slice(batch, [0, 0], [count, 3]);
    const report = await subject.step(part);
    expect(report.rows).toHaveLength(count + 1);
    expect(report.losses.squares === null).toBe(count === 0);
    part.dispose();
  }
  expect((await trainerOf([squares], watching()).step(tf.zeros([0, 3]))).updated).toBe(false);
});

test('the only example of a batch meets no other', async () => {
  const bias = tf.variable(tf.tensor1d([0.5]), true, 'bias');
  const centred: Objective<Batch> = {
    ...squares,
    loss: (x) =>
      tf.tidy(() => {
        const y = tf.square(tf.add(tf.matMul(x, weights), bias));
        return tf.squeeze(tf.sub(y, tf.mul(tf.mean(y, 0), 0.5)), [1]);
      }),
  };
  const one = tf.slice(batch, [0, 0], [1, 3]);
  const { gramian, direction, report } = await compared([centred, length], [weights, bias], one);
  expect(gramian).toBeLessThan(1e-6);
  expect(direction).toBeLessThan(1e-6);
  expect(report.examplePasses).toEqual([]);
  one.dispose();
});

test.each<[string, GradientCombiner]>([
  ['fixed weights', half],
  ['weights from losses', { ...byLoss, memoryOf: 'levels' }],
])('%s take one backward pass of all examples', async (_, combiner) => {
  const subject = createTrainer<Batch>({ objectives: [squares], combiner, variables });
  const { gradients, report } = await subject.combineGradients(batch);
  expect(report.examplePasses).toEqual([]);
  const expected = [0, 0, 0];
  for (const [i, y] of [-1.5, 0, -2, -1].entries()) {
    const factor = combiner === half ? 0.5 : y * y;
    for (const e of [0, 1, 2]) expected[e]! += 2 * factor * y * batch.arraySync()[i]![e]!;
  }
  for (const [e, x] of gradients!.weights!.dataSync().entries()) expect(x).toBeCloseTo(expected[e]!, 4);
  tf.dispose(gradients!);
  subject.dispose();
});

test('a method on single elements sees one row an example', async () => {
  const subject = createTrainer<Batch>({ objectives: [squares], combiner: largest, variables });
  const { gradients, report } = await subject.combineGradients(batch);
  const rows = [-1.5, 0, -2, -1].map((y, i) => batch.arraySync()[i]!.map((x) => 2 * y * x));
  const expected = [0, 1, 2].map((e) => Math.max(...rows.map((row) => row[e]!)));
  for (const [e, x] of gradients!.weights!.dataSync().entries()) expect(x).toBeCloseTo(expected[e]!, 6);
  expect(report.examplePasses).toEqual([]);
  tf.dispose(gradients!);
  subject.dispose();
});

test('distances between the examples are those of their gradients', async () => {
  const combiner = { ...watching(), distances: true };
  const subject = trainerOf([squares, length], combiner);
  await subject.step(batch);
  const rows = [-1.5, 0, -2, -1].map((y, i) => batch.arraySync()[i]!.map((x) => 2 * y * x));
  rows.push([2, -4, 1]);
  for (const [i, row] of rows.entries()) {
    for (const [j, other] of rows.entries()) {
      const exact = row.reduce((sum, x, e) => sum + (x - other[e]!) ** 2, 0);
      expect(combiner.seen[0]!.distances!.at(i, j)).toBeCloseTo(exact, 4);
    }
  }
  subject.dispose();
});

describe('a combiner that remembers single rows is refused by name', () => {
  test.each<[string, GradientCombiner]>([
    ['memory', byLoss],
    ['remembered rows', projecting],
    ['a wrapper', smoothed(half)],
    ['inside a level', byLevel({ within: projecting, across: watching() })],
  ])('%s', (_, combiner) => {
    const inner = combiner.name.startsWith('byLevel') ? 'projecting' : combiner.name;
    expect(() => trainerOf([squares], combiner)).toThrow(
      `Objective "squares" is perExample, but the combiner ${inner} remembers`,
    );
    expect(() => trainerOf([length], combiner)).not.toThrow();
  });

  test('one that remembers levels is not', async () => {
    const combiner = byLevel({ within: watching(), across: watching(1) });
    const subject = trainerOf([squares, length], combiner);
    for (const count of [4, 2]) await subject.step(tf.slice(batch, [0, 0], [count, 3]));
    subject.dispose();
  });
});

describe('what is wrong is said', () => {
  test.each<[unknown, Partial<Objective<Batch>>, string]>([
    [
      'a vector',
      { perExample: false },
      'but it is float32 of shape [4]. Reduce it with tf.mean or tf.sum. If',
    ],
    ['a scalar', { loss: () => tf.sum(weights) }, 'one loss an example, { loss, outputs } with one, or null'],
    ['a matrix', { loss: (x) => tf.matMul(x, weights) }, 'but it is float32 of shape [4,1]. Reduce all'],
    ['a number', { loss: () => 3 as never }, 'but it is 3.'],
  ])('%s', async (_, changes, message) => {
    const subject = trainerOf([{ ...squares, ...changes }], watching());
    await expect(subject.step(batch)).rejects.toThrow(message);
  });

  test('coefficients that are to be kept', () => {
    const options = { objectives: [squares], combiner: watching(), variables, coefficients: { every: 2 } };
    expect(() => createTrainer(options)).toThrow(
      'coefficients.every: objective "squares" is perExample, and the next batch has other examples.',
    );
  });

  test('a wrong field', () => {
    const wrong = { ...squares, perExample: 1 } as never;
    expect(() => trainerOf([wrong], half)).toThrow('"squares": perExample is 1, but must be true or false.');
    const { perExample: _, ...misspelt } = { ...squares, perexample: true };
    expect(() => trainerOf([misspelt], half)).toThrow('has no "perExample", but "perexample"');
  });

  test('a field that changes', async () => {
    const changing = { ...squares };
    const subject = trainerOf([changing], watching());
    changing.perExample = false;
    await expect(subject.step(batch)).rejects.toThrow('its perExample was true and is false now');
  });

  test.each([
    ['loss', Number.NaN, 2, null],
    ['gradient', 0, 1, 'weights'],
  ])('a %s that is not finite', async (_, value, example, variable) => {
    const loss = (x: Batch) =>
      tf.tidy(() => {
        const shift = tf.tensor1d([1, 1, value, 1]);
        const own = tf.squeeze(tf.matMul(x, weights), [1]) as tf.Tensor1D;
        // The square root has no gradient at zero.
        return tf.add(tf.sqrt(tf.mul(shift, tf.square(own))), tf.mul(shift, 0)) as tf.Tensor1D;
      });
    const subject = trainerOf([length, { ...squares, loss }], watching());
    const before = tf.memory().numTensors;
    const error = await subject.step(batch).catch((reason: unknown) => reason);
    expect(tf.memory().numTensors).toBe(before);
    expect(error).toBeInstanceOf(NonFiniteError);
    expect((error as NonFiniteError).toJSON()).toMatchObject({ objective: 'squares', example, variable });
    expect([...weights.dataSync()]).toEqual([1, -2, 0.5]);
  });
});

test('no tensor leaks', async () => {
  const subject = trainerOf([squares, length, means], watching(1));
  const counts: number[] = [];
  for (const _ of [1, 2, 3]) {
    await subject.step(batch);
    counts.push(tf.memory().numTensors);
  }
  expect(new Set(counts).size).toBe(1);
  subject.dispose();
});
