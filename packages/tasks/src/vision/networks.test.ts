import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { normals } from '../random.ts';
import { cnnFeatures, convolved, type Plane, pooled, rectified, standardised } from '../testing/networks.ts';
import { dot, slope } from '../testing/training.ts';
import { createCnn } from './cnn.ts';
import { createGroupNorm, groupNorm } from './group-norm.ts';
import type { Network } from './network.ts';
import { createResnet18 } from './resnet-18.ts';

afterEach(() => tf.disposeVariables());

const picture = normals(784, 1, 1);
const pictures = (...values: Float32Array[]) =>
  tf.tensor4d(
    values.flatMap((own) => [...own]),
    [values.length, 28, 28, 1],
  );

/** Features of the small ResNet in float64, by the names of its variables. */
function resnetFeatures(
  network: Network,
  parameters: readonly ArrayLike<number>[],
  values: ArrayLike<number>,
): number[] {
  const named = new Map(network.variables.map(({ name }, index) => [name, parameters[index]!]));
  const layer = (x: Plane, name: string, stride = 1) =>
    convolved(x, named.get(`${name}/kernel`)!, named.get(`${name}/bias`)!, stride);
  const norm = (x: Plane, name: string) =>
    standardised(x, named.get(`${name}/gain`)!, named.get(`${name}/offset`)!);
  let x = layer({ side: 28, channels: 1, values }, 'net/stem');
  for (let stage = 1; stage <= 4; stage++) {
    for (let block = 1; block <= 2; block++) {
      const name = `net/stage${stage}/block${block}`;
      const stride = stage > 1 && block === 1 ? 2 : 1;
      const active = rectified(norm(x, `${name}/before`));
      const between = rectified(norm(layer(active, `${name}/first`, stride), `${name}/between`));
      const branch = layer(between, `${name}/second`);
      const kept = stride === 2 ? layer(active, `${name}/shortcut`, 2) : x;
      x = { ...kept, values: Float64Array.from(kept.values, (v, at) => v + branch.values[at]!) };
    }
  }
  return pooled(rectified(norm(x, 'net/last')));
}

function smallResnet(): Network {
  const network = createResnet18('net', 3, [2, 3, 4, 5]);
  for (const [index, variable] of network.variables.entries()) {
    // Biases and offsets start at 0 and gains at 1, where errors in them would not show.
    if (variable.rank < 2) variable.assign(tf.tensor(normals(variable.size, 0.5, 5, index), variable.shape));
  }
  return network;
}

const networks: readonly (readonly [string, () => Network, typeof resnetFeatures])[] = [
  ['the CNN', () => createCnn('net', 2), (_, parameters, values) => cnnFeatures(parameters, values)],
  ['a narrow ResNet-18', smallResnet, resnetFeatures],
];

describe.each(networks)('%s', (_, create, oracle) => {
  test('has the features, and the gradients, of its formula in float64', () => {
    const network = create();
    const input = pictures(picture);
    const weights = normals(network.width, 1, 7);
    const parameters = network.variables.map((variable) => [...variable.dataSync()]);
    const expected = oracle(network, parameters, picture);
    const features = tf.tidy(() => [...network.features(input).dataSync()]);
    expect(features).toHaveLength(network.width);
    for (const [index, feature] of features.entries()) expect(feature).toBeCloseTo(expected[index]!, 4);

    const { grads } = tf.variableGrads(
      () => tf.sum(tf.mul(network.features(input), weights)),
      [...network.variables],
    );
    for (const [index, variable] of network.variables.entries()) {
      const along = normals(variable.size, 1, 8, index);
      const value = (own: readonly number[]) =>
        dot(oracle(network, parameters.with(index, [...own]), picture), weights);
      const numeric = slope(value, parameters[index]!, along, 1e-7);
      const analytic = dot(grads[variable.name]!.dataSync(), along);
      expect(Math.abs(analytic - numeric)).toBeLessThan(1e-3 * (0.1 + Math.abs(numeric)));
    }
  });

  test('looks at each example alone', () => {
    const network = create();
    const other = normals(784, 3, 2);
    const alone = tf.tidy(() => [...network.features(pictures(picture)).dataSync()]);
    const together = tf.tidy(() => [...network.features(pictures(other, picture)).dataSync()]);
    for (const [index, feature] of alone.entries())
      expect(together[network.width + index]).toBeCloseTo(feature, 5);
  });

  test('starts from its seed, kernels as He has them and biases at 0, gains at 1, and frees what a pass takes', () => {
    const network = createResnet18('other', 1, [8, 8, 8, 8]);
    const again = createResnet18('again', 1, [8, 8, 8, 8]);
    for (const [index, variable] of network.variables.entries()) {
      const values = [...variable.dataSync()];
      expect([...again.variables[index]!.dataSync()]).toEqual(values);
      if (variable.rank < 2)
        expect(values).toEqual(values.map(() => (variable.name.endsWith('gain') ? 1 : 0)));
      else {
        const inputs = variable.size / variable.shape.at(-1)!;
        const variance = dot(values, values) / variable.size;
        expect(Math.abs((variance * inputs) / 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / variable.size));
      }
    }
    const before = tf.memory().numTensors;
    tf.tidy(() => void network.features(pictures(picture)));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the networks have the sizes they say', () => {
  const parameters = ({ variables }: Network) => variables.reduce((sum, { size }) => sum + size, 0);
  expect(parameters(createCnn('small', 0))).toBe(23_296);
  expect(parameters(createResnet18('large', 0))).toBe(11_170_688);
});

test('no two kernels of a network begin alike', () => {
  for (const { variables } of [createCnn('small', 0), createResnet18('large', 0, [4, 4, 4, 4])]) {
    const starts = variables
      .filter(({ rank }) => rank > 1)
      .map((kernel) => kernel.dataSync()[0]! * kernel.size);
    expect(new Set(starts).size).toBe(starts.length);
  }
});

test('a norm takes out brightness and contrast, and a constant picture leaves the offsets', () => {
  const norm = createGroupNorm('norm', 2);
  norm.offset.assign(tf.tensor1d([3, -1]));
  const values = normals(2 * 5 * 5 * 2, 1, 4);
  const image = tf.tensor4d(values, [2, 5, 5, 2]);
  const normed = tf.tidy(() => [...groupNorm(norm, image).dataSync()]);
  const other = tf.tidy(() => [...groupNorm(norm, tf.add(tf.mul(image, 100), -40)).dataSync()]);
  for (const [at, value] of normed.entries()) expect(other[at]).toBeCloseTo(value, 3);
  const sum = normed.reduce((total, x, at) => total + x - [3, -1][at % 2]!, 0);
  const squares = normed.reduce((total, x, at) => total + (x - [3, -1][at % 2]!) ** 2, 0);
  expect(sum / normed.length).toBeCloseTo(0, 5);
  expect(squares / normed.length).toBeCloseTo(1, 4);
  const constant = tf.tidy(() => [...groupNorm(norm, tf.fill([1, 2, 2, 2], 7)).dataSync()]);
  expect(constant).toEqual([3, -1, 3, -1, 3, -1, 3, -1]);
});
