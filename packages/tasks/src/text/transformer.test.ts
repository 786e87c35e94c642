import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { normals } from '../random.ts';
import { dot, gradientOf, slope } from '../testing/training.ts';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';
import { createTransformer, type Transformer } from './transformer.ts';

const shape = { layers: 2, heads: 2, width: 8, feedForward: 12, context: 6 };
let network: Transformer;
let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
  network = createTransformer('network', shape, 4);
});
afterEach(() => {
  network.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

const text = [
  [84, 104, 101, 32, 115, 101],
  [97, 115, 32, 104, 101, 97],
];
const next = [104, 101, 32, 115, 101, 97, 115, 32, 104, 101, 97, 118];

const logitsOf = (windows: number[][]) =>
  tf.tidy(() => network.logits(tf.tensor2d(windows, undefined, 'int32')).arraySync());

/**
 * The network in float64, written element by element from its formula. The parameters are one list, variable
 * after variable.
 */
function lossInFloat64(parameters: readonly number[]): number {
  const { layers, heads, width, feedForward, context } = shape;
  let read = 0;
  const take = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => {
      read += columns;
      return parameters.slice(read - columns, read);
    });
  const embedding = take(256, width);
  const positions = take(context, width);
  const blocks = Array.from({ length: layers }, () => ({
    queriesKeysValues: take(width, 3 * width),
    mix: take(width, width),
    widen: take(width, feedForward),
    narrow: take(feedForward, width),
  }));
  const head = take(width, 256);
  expect(read).toBe(parameters.length);

  const times = (x: number[], matrix: number[][]) =>
    matrix[0]!.map((_, j) => x.reduce((s, value, i) => s + value * matrix[i]![j]!, 0));
  const plus = (a: number[], b: number[]) => a.map((value, i) => value + b[i]!);
  const norm = (x: number[]) => {
    const mean = x.reduce((s, value) => s + value, 0) / x.length;
    const variance = x.reduce((s, value) => s + (value - mean) ** 2, 0) / x.length;
    return x.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
  };
  const softmax = (z: number[]) => {
    const powers = z.map(Math.exp);
    const total = powers.reduce((s, value) => s + value, 0);
    return powers.map((value) => value / total);
  };
  const size = width / heads;
  let loss = 0;
  for (const [window, bytes] of text.entries()) {
    let x = bytes.map((byte, place) => plus(embedding[byte]!, positions[place]!));
    for (const { queriesKeysValues, mix, widen, narrow } of blocks) {
      const together = x.map((row) => times(norm(row), queriesKeysValues));
      const part = (place: number, which: number, head: number) =>
        together[place]!.slice(which * width + head * size, which * width + (head + 1) * size);
      x = x.map((row, place) => {
        const seen = Array.from({ length: heads }, (_, head) => {
          // A byte sees only itself and earlier bytes.
          const earlier = Array.from({ length: place + 1 }, (_, other) => other);
          const shares = softmax(
            earlier.map((other) => dot(part(place, 0, head), part(other, 1, head)) / Math.sqrt(size)),
          );
          return Array.from({ length: size }, (_, i) =>
            earlier.reduce((s, other) => s + shares[other]! * part(other, 2, head)[i]!, 0),
          );
        });
        const attended = plus(row, times(seen.flat(), mix));
        const wide = times(norm(attended), widen).map((value) => Math.max(0, value));
        return plus(attended, times(wide, narrow));
      });
    }
    for (const [place, row] of x.entries())
      loss -= Math.log(softmax(times(norm(row), head))[next[window * context + place]!]!);
  }
  return loss / next.length;
}

test('the loss and its gradient are those of the network in float64', () => {
  const parameters = network.variables.flatMap((variable) => [...variable.dataSync()]);
  const objective = {
    name: 'text',
    priority: 0,
    loss: (windows: tf.Tensor2D) => sparseCrossEntropy(network.logits(windows), tf.tensor1d(next, 'int32')),
  };
  const windows = tf.tensor2d(text, undefined, 'int32');
  expect(tf.tidy(() => objective.loss(windows).dataSync()[0])).toBeCloseTo(lossInFloat64(parameters), 5);
  let offset = 0;
  for (const [index, variable] of network.variables.entries()) {
    const along = normals(variable.size, 1, 3, index);
    const direction = new Float64Array(parameters.length);
    direction.set(along, offset);
    const expected = slope(lossInFloat64, parameters, direction, 1e-6);
    expect(dot(gradientOf(objective, windows, variable), along) / expected, variable.name).toBeCloseTo(1, 3);
    offset += variable.size;
  }
  windows.dispose();
});

test('a byte changes its own logits and later ones, none before it and none of another window', () => {
  const before = logitsOf(text);
  for (let place = 0; place < shape.context; place++) {
    const after = logitsOf([text[0]!.map((byte, index) => (index === place ? 200 : byte)), text[1]!]);
    for (const [row, logits] of after.entries()) {
      if (row >= place && row < shape.context) expect(logits).not.toEqual(before[row]);
      else expect(logits).toEqual(before[row]);
    }
  }
});

test('the same byte has other logits in another place', () => {
  const [first, second] = logitsOf([Array(6).fill(97)]);
  expect(first).not.toEqual(second);
});

test('variables have their names, and begin with the deviations that are promised', () => {
  const block = (index: number) =>
    ['queries-keys-values', 'mix', 'widen', 'narrow'].map((name) => `network/block${index}/${name}`);
  expect(network.variables.map(({ name }) => name)).toEqual([
    'network/embedding',
    'network/positions',
    ...block(1),
    ...block(2),
    'network/head',
  ]);
  for (const variable of network.variables) {
    const { name, size } = variable;
    const inputs = /embedding|positions/.test(name) ? shape.width : variable.shape[0]!;
    const variance = /mix|narrow/.test(name) ? 1 / inputs / 4 : 1 / inputs;
    const values = variable.dataSync<'float32'>();
    expect(Math.abs(dot(values, values) / size / variance - 1), name).toBeLessThan(4 * Math.sqrt(2 / size));
  }
});
