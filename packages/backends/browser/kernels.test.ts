import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { startWebgl, startWebgpu } from '../src/index.ts';
import { disagreements, wgsl } from '../src/testing/agreement.ts';
import { gradientProblems } from '../src/testing/gradients.ts';
import { chains } from '../src/testing/kernels/chains.ts';
import { extremes } from '../src/testing/kernels/extremes.ts';
import { channelsFirst } from '../src/testing/kernels/images.ts';

describe.each([
  ['WebGL', startWebgl],
  ['WebGPU', startWebgpu],
] as const)('on %s', (name, start) => {
  test('every kernel is what the cpu backend is in float64', async () => {
    expect(await disagreements(start, 2, 1, wgsl)).toEqual([]);
  });

  test('convolutions with channels first are what the cpu backend has', async () => {
    expect(await disagreements(start, 6, 1, {}, channelsFirst)).toEqual([]);
  });

  // In GLSL the driver decides whether there is NaN, whatever a program says.
  test.skipIf(name === 'WebGL')('no number stays none', async () => {
    expect(await disagreements(start, 2, 1, wgsl, extremes)).toEqual([]);
  });

  test('every kernel is right between two others', async () => {
    expect(await disagreements(start, 2, 1, wgsl, chains)).toEqual([]);
  });

  test('every gradient is what differences in float64 are', async () => {
    expect(await gradientProblems(start, 2, 1, undefined, wgsl)).toEqual(new Map());
  });
});

test('what WebGL puts beside an odd number of elements does not come into products', async () => {
  await startWebgl();
  const squares = [
    tf.matMul(tf.exp(tf.zeros([1, 1])), tf.exp(tf.zeros([1, 1]))),
    tf.mean(tf.matMul(tf.add(tf.zeros([129, 1]), 1), tf.add(tf.zeros([1, 129]), 1))),
  ];
  for (const square of squares) expect(square.dataSync()[0]).toBeCloseTo(1, 5);
  tf.dispose(squares);
});

test('on WebGL, optimizers add as little to a denominator as on the cpu backend', async () => {
  await startWebgl();
  expect(tf.backend().epsilon()).toBe(1e-7);
});
