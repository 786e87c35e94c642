import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { compared } from '../testing/separate-gradients.ts';

// Where examples meet, or may meet: their gradients take a pass each, and the report says which and why.

let x: tf.Tensor2D;
let first: tf.Variable<tf.Rank.R2>;
let second: tf.Variable<tf.Rank.R2>;
let scale: tf.Variable<tf.Rank.R1>;
let variables: tf.Variable[];

beforeEach(() => {
  const random = randomFrom(11);
  const values = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  x = tf.tensor2d(values(12), [4, 3]);
  first = tf.variable(tf.tensor2d(values(9), [3, 3]), true, 'first');
  second = tf.variable(tf.tensor2d(values(9), [3, 3]), true, 'second');
  scale = tf.variable(tf.tensor1d(values(3)), true, 'scale');
  variables = [first, second, scale];
});

afterEach(() => {
  tf.disposeVariables();
  x.dispose();
});

const objectiveOf = (loss: (x: tf.Tensor2D) => tf.Tensor) => ({
  name: 'examples',
  priority: 0,
  perExample: true,
  loss: (batch: tf.Tensor2D) => tf.tidy(() => loss(batch)),
});

/** Σ over the features of a square, after a second layer. */
const ending = (h: tf.Tensor) => tf.sum(tf.square(tf.mul(tf.matMul(h as tf.Tensor2D, second), scale)), 1);
const hidden = (batch: tf.Tensor2D) => tf.tanh(tf.matMul(batch, first));

const squared = tf.customGrad((y, save) => {
  (save as (tensors: tf.Tensor[]) => void)([y as tf.Tensor]);
  return {
    value: tf.square(y as tf.Tensor),
    gradFunc: (dy: tf.Tensor, [own]: tf.Tensor[]) => tf.mul(tf.mul(dy, own!), 2),
  };
});

describe('the variables before a meeting take one pass per example', () => {
  test.each<[string, (x: tf.Tensor2D) => tf.Tensor, readonly string[], string]>([
    [
      'batch normalisation',
      (batch) => {
        const h = hidden(batch);
        const { mean, variance } = tf.moments(h, 0);
        return ending(
          tf.batchNorm(
            h as tf.Tensor2D,
            mean as tf.Tensor1D,
            variance as tf.Tensor1D,
            tf.zeros([3]),
            tf.ones([3]),
          ),
        );
      },
      ['first'],
      'FusedBatchNorm gives what Mean made to all examples',
    ],
    [
      'centring',
      (batch) => ending(tf.sub(hidden(batch), tf.mean(hidden(batch), 0))),
      ['first'],
      'Sub gives what Mean made to all examples',
    ],
    [
      'negatives in the batch',
      (batch) => tf.logSumExp(tf.matMul(hidden(batch), tf.mul(batch, scale), false, true), 1),
      ['scale'],
      'BatchMatMul gives what Multiply made to all examples',
    ],
    [
      'a softmax over examples',
      (batch) => ending(tf.transpose(tf.softmax(tf.transpose(hidden(batch))))),
      ['first'],
      'examples meet in Softmax',
    ],
    [
      'another order of examples',
      (batch) => ending(tf.reverse(hidden(batch), 0)),
      ['first'],
      'examples meet in Reverse',
    ],
    [
      'normalised weights',
      (batch) => ending(tf.matMul(batch, tf.div(first, tf.norm(first)) as tf.Tensor2D)),
      ['first'],
      'BatchMatMul gives what RealDiv made to all examples',
    ],
    [
      'an operation without a rule',
      (batch) => ending(tf.unsortedSegmentSum(tf.matMul(batch, first), tf.range(0, 4, 1, 'int32'), 4)),
      ['first'],
      'there is no rule for UnsortedSegmentSum',
    ],
    [
      'a gradient of its own',
      (batch) => ending(squared(tf.matMul(batch, first))),
      ['first'],
      'there is no rule for tf.customGrad',
    ],
    [
      'a use of two kinds',
      (batch) => tf.add(ending(hidden(batch)), tf.sum(first)),
      ['first'],
      'Add gives what Sum made to all examples',
    ],
    [
      'two orders of axes',
      (batch) => {
        const square = tf.pad(hidden(batch), [
          [0, 0],
          [0, 1],
        ]);
        return tf.sum(tf.mul(square, tf.transpose(square)), 1);
      },
      ['first'],
      'examples meet in Transpose',
    ],
    [
      'a part of a variable for each example',
      (batch) => ending(tf.slice(tf.concat([first, tf.matMul(batch, second)], 0), 0, [4, 3])),
      ['first', 'second'],
      'examples meet in Slice',
    ],
  ])('%s', async (_, loss, expected, because) => {
    const before = tf.memory().numTensors;
    const { gramian, direction, report } = await compared([objectiveOf(loss)], variables, x);
    expect(tf.memory().numTensors).toBe(before);
    expect(report.examplePasses).toEqual([{ objective: 'examples', variables: expected, because }]);
    expect(gramian).toBeLessThan(2e-6);
    expect(direction).toBeLessThan(2e-6);
  });
});
