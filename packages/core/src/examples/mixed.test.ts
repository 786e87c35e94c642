import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Objective } from '../objective.ts';
import { randomFrom } from '../random.ts';
import { compared, flattened, watching } from '../testing/separate-gradients.ts';
import { createTrainer } from '../trainer/trainer.ts';

// Objectives of both kinds in one step, remembered rows, and gradients of any scale.

type Batch = tf.Tensor2D;

let x: Batch;
let kernel: tf.Variable<tf.Rank.R2>;
let bias: tf.Variable<tf.Rank.R1>;
let head: tf.Variable<tf.Rank.R2>;
let variables: tf.Variable[];

beforeEach(() => {
  const random = randomFrom(3);
  const values = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  x = tf.tensor2d(values(15), [5, 3]);
  kernel = tf.variable(tf.tensor2d(values(12), [3, 4]), true, 'kernel');
  bias = tf.variable(tf.tensor1d(values(4)), true, 'bias');
  head = tf.variable(tf.tensor2d(values(8), [4, 2]), true, 'head');
  variables = [kernel, bias, head];
});

afterEach(() => {
  tf.disposeVariables();
  x.dispose();
});

const hidden = (batch: Batch) => tf.tanh(tf.add(tf.matMul(batch, kernel), bias)) as tf.Tensor2D;
const outputs = (batch: Batch) => tf.matMul(hidden(batch), head);

function objective(name: string, priority: number, loss: (batch: Batch) => tf.Tensor): Objective<Batch> {
  const perExample = !name.startsWith('scalar');
  return { name, priority, perExample, weight: priority + 1, loss: (batch) => tf.tidy(() => loss(batch)) };
}

const squares = objective('squares', 0, (batch) => tf.sum(tf.square(outputs(batch)), 1));
const halves = objective('halves', 1, (batch) => tf.mean(hidden(tf.slice(batch, 0, [2, 3])), 1));
const penalty = objective('scalar penalty', 2, () => tf.add(tf.sum(tf.square(kernel)), tf.sum(tf.abs(bias))));
const whole = objective('scalar mean', 1, (batch) => tf.mean(outputs(batch)));
const centred = objective('centred', 0, (batch) =>
  tf.sum(tf.square(tf.matMul(tf.sub(hidden(batch), tf.mean(hidden(batch), 0)), head)), 1),
);

test.each([
  ['two of examples, of different numbers', [squares, halves]],
  ['one of examples between scalars', [whole, squares, penalty]],
  ['all kinds', [penalty, halves, centred, whole, squares]],
])('%s', async (_, objectives) => {
  const before = tf.memory().numTensors;
  const { gramian, direction, report } = await compared(objectives, variables, x);
  expect(tf.memory().numTensors).toBe(before);
  expect(gramian).toBeLessThan(1e-6);
  expect(direction).toBeLessThan(1e-6);
  expect(Object.keys(report.lengths!)).toEqual(objectives.map(({ name }) => name));
});

test('remembered rows are combined with the examples', async () => {
  const objectives = [squares, whole];
  const combiner = watching(2);
  const trainer = createTrainer<Batch>({ objectives, combiner, variables });
  let remembered = [0, 1].map(() => new Array<number>(24).fill(0));
  for (const count of [5, 3, 4]) {
    const part = tf.slice(x, 0, [count, 3]);
    // The rows one by one, as directions with a single coefficient.
    const rows: number[][] = [];
    for (let row = 0; row <= count; row++) {
      const alone = { ...watching(), combine: () => ({ coefficients: unitOf(row, count + 1) }) };
      const one = createTrainer<Batch>({ objectives, combiner: alone, variables });
      const { gradients } = await one.combineGradients(part);
      rows.push(await flattened(gradients!, variables));
      tf.dispose(gradients!);
    }
    const all = [...rows, ...remembered];
    const { gradients } = await trainer.combineGradients(part);
    const gramian = combiner.seen.at(-1)!.gramian;
    expect(gramian.size).toBe(count + 3);
    for (const [i, row] of all.entries()) {
      for (const [j, other] of all.entries()) {
        const exact = row.reduce((sum, value, e) => sum + value * other[e]!, 0);
        expect(gramian.at(i, j)).toBeCloseTo(exact, 4);
      }
    }
    const sum = (list: readonly number[]) =>
      all[0]!.map((_, e) => list.reduce((total, c, row) => total + c * all[row]![e]!, 0));
    const expected = sum(all.map((_, row) => Math.cos(3 * row)));
    const direction = await flattened(gradients!, variables);
    for (const [e, value] of direction.entries()) expect(value).toBeCloseTo(expected[e]!, 4);
    tf.dispose(gradients!);
    remembered = [0, 1].map((a) => sum(all.map((_, row) => Math.sin(row + a + 1))));
    part.dispose();
  }
  trainer.dispose();
});

const unitOf = (row: number, size: number) => Array.from({ length: size }, (_, i) => (i === row ? 1 : 0));

describe('gradients of any scale', () => {
  test.each([1e-15, 1e-10, 1, 1e10, 1e15])('%s', async (scale) => {
    const scaled = objective('scaled', 0, (batch) => {
      // Some examples are as they were, and one has no gradient.
      const factors = tf.tensor1d([1, scale, scale, 0, 1]);
      return tf.mul(tf.sum(tf.tanh(outputs(batch)), 1), factors);
    });
    const tied = objective('tied', 1, (batch) => {
      const back = tf.matMul(hidden(batch), kernel, false, true);
      return tf.mul(tf.sum(tf.matMul(back, kernel), 1), scale);
    });
    const { gramian, direction } = await compared([scaled, tied, penalty], variables, x);
    expect(gramian).toBeLessThan(1e-6);
    expect(direction).toBeLessThan(1e-6);
  });
});
