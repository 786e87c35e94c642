import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { webgpuMissing } from '../testing/driver.ts';
import { expectAgreement, floats, forAll, gradients, integers, type Values } from '../testing.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

type Layer = (...inputs: tf.Tensor[]) => tf.Tensor;

async function expectSame(layer: Layer, inputs: readonly Values[], tolerance = 1e-5): Promise<void> {
  await expectAgreement(layer, inputs, tolerance, startWebgpu);
  await expectAgreement(gradients(layer), inputs, tolerance, startWebgpu);
}

const size = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(size(max), size(max));

describe.skipIf(missing)(missing ?? 'on WebGPU, as on the cpu backend, with gradients:', () => {
  const windows = fc
    .record({
      batch: size(3),
      image: pair(9),
      channels: size(5),
      filter: pair(4),
      out: size(5),
      strides: pair(3),
      pad: fc.constantFrom('same' as const, 'valid' as const),
      seed: fc.nat(),
    })
    .filter(({ image, filter }) => image.every((length, i) => length >= filter[i]!));

  test('convolutions and depthwise convolutions', () =>
    forAll(
      windows,
      async ({ batch, image, channels, filter, out, strides, pad, seed }) => {
        const x = floats([batch, ...image, channels], seed);
        const w = floats([...filter, channels, out], seed + 1);
        await expectSame((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad), [x, w]);
        await expectSame(
          (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
          [x, w],
        );
      },
      40,
    ));

  test('convolutions whose channels are multiples of four', async () => {
    for (const [channels, out] of [
      [4, 8],
      [3, 8],
      [8, 3],
      [16, 16],
    ] as const) {
      const inputs = [floats([2, 9, 8, channels], 1), floats([3, 3, channels, out], 2)];
      await expectSame((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), inputs);
      const point = [inputs[0]!, floats([1, 1, channels, out], 3)];
      await expectSame((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), point);
    }
  });

  test('pooling', () =>
    forAll(
      windows,
      async ({ batch, image, channels, filter, strides, pad, seed }) => {
        const x = floats([batch, ...image, channels], seed);
        for (const pool of [tf.maxPool, tf.avgPool])
          await expectSame((x) => pool(x as tf.Tensor4D, filter, strides, pad), [x]);
      },
      40,
    ));

  test.each([
    ['same', 1],
    ['valid', 2],
  ] as const)('three-dimensional convolution and pooling, %s, stride %i', async (pad, stride) => {
    const x = floats([2, 4, 5, 4, 2], 1);
    const w = floats([2, 3, 2, 2, 3], 2);
    await expectSame((x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, stride, pad), [x, w]);
    await expectSame((x) => tf.maxPool3d(x as tf.Tensor5D, 2, stride, pad), [x]);
    await expectSame((x) => tf.avgPool3d(x as tf.Tensor5D, 2, stride, pad), [x]);
  });

  test('matrix products, of any size, transposed or not, batched or not', () =>
    forAll(
      fc.record({
        batch: fc.constantFrom([], [1], [3]),
        sizes: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(1, 2, 3, 4, 7, 8, 16, 33, 64, 130))),
        transposed: fc.tuple(fc.boolean(), fc.boolean()),
        seed: fc.nat(),
      }),
      async ({ batch, sizes: [m, k, n], transposed: [a, b], seed }) => {
        const left = floats([...batch, ...(a ? [k!, m!] : [m!, k!])], seed);
        const right = floats([...batch, ...(b ? [n!, k!] : [k!, n!])], seed + 1);
        await expectSame((x, y) => tf.matMul(x, y, a, b), [left, right]);
      },
      40,
    ));

  test('broadcast arithmetic', () =>
    forAll(
      fc.record({
        shape: fc.array(size(4), { minLength: 1, maxLength: 4 }),
        ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        dropped: fc.nat(3),
        seed: fc.nat(),
      }),
      async ({ shape, ones, dropped, seed }) => {
        const other = shape.map((length, i) => (ones[i] ? 1 : length)).slice(Math.min(dropped, shape.length));
        for (const operation of [tf.add, tf.sub, tf.mul])
          await expectSame((x, y) => operation(x, y), [floats(shape, seed), floats(other, seed + 1)]);
        await expectSame(
          (x, y) => tf.div(x, tf.add(tf.abs(y), 1)),
          [floats(shape, seed), floats(other, seed)],
        );
      },
      15,
    ));

  test.each([
    [0, 0, [7]],
    [1, 0, [7]],
    [2, 0, [2, 2]],
    [1, 1, [4, 3]],
  ])('gather along axis %i with %i batch dimensions', async (axis, batchDims, shape) => {
    const inputs = [floats([4, 4, 5], 1), integers(shape, 2, 0, 4)];
    await expectSame((x, ids) => tf.gather(x, ids as tf.Tensor1D, axis, batchDims), inputs);
  });

  test('segments, without ids that are out of range', () =>
    forAll(
      fc.record({ rows: size(12), row: fc.constantFrom([], [1], [2, 3]), segments: size(6), seed: fc.nat() }),
      async ({ rows, row, segments, seed }) => {
        const add: Layer = (x, ids) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, segments);
        const ids = integers([rows], seed, -2, segments + 2);
        await expectAgreement(add, [floats([rows, ...row], seed), ids], 1e-5, startWebgpu);
      },
      20,
    ));

  test('slopes of PReLU', async () => {
    for (const slopes of [[5], [1, 5], [4, 1], [1], [], [4, 5]])
      await expectSame((x, a) => tf.prelu(x!, a!), [floats([4, 5], 1), floats(slopes, 2)]);
  });

  test('einsum', () =>
    expectAgreement(
      (a, b) => tf.einsum('bqhd,bkhd->bhqk', a!, b!),
      [floats([2, 3, 2, 4], 1), floats([2, 5, 2, 4], 2)],
      1e-5,
      startWebgpu,
    ));

  test('morphological dilation', () =>
    expectSame(
      (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'same'),
      [floats([1, 5, 4, 2], 1), floats([2, 2, 2], 2)],
    ));

  test('activations far from zero stay finite and right', async () => {
    const far = {
      shape: [10],
      dtype: 'float32' as const,
      values: [-1e4, -200, -90, -20, -1, 1, 20, 90, 200, 1e4],
    };
    const { elu, selu, sigmoid, tanh, softplus, relu6, erf, softmax, logSoftmax } = tf;
    for (const activation of [elu, selu, sigmoid, tanh, softplus, relu6, erf])
      await expectSame((x) => activation(x!), [far]);
    await expectSame((x) => softmax(x!), [far]);
    await expectSame((x) => tf.mul(logSoftmax(x!), 1e-4), [far]);
  });

  test('long sums and means keep their precision', async () => {
    await expectAgreement(
      (x) => [tf.sum(tf.add(x, 1)), tf.mean(x), tf.max(x)],
      [floats([100_003], 1)],
      5e-6,
      startWebgpu,
    );
    await expectAgreement((x) => tf.sum(tf.add(x, 1), 0), [floats([20_000, 3], 1)], 5e-6, startWebgpu);
  });

  test('NaN is not lost on its way to the loss', async () => {
    await startWebgpu();
    const x = tf.tensor1d([1, Number.NaN, -1]);
    // Otherwise small tensors that are on the host stay there.
    (tf.backend() as WebGPUBackend).uploadToGPU(x.dataId);
    const { relu, relu6, elu, selu, sigmoid, softplus, tanh, exp, log, square, softmax } = tf;
    for (const layer of [
      ...[relu, relu6, elu, selu, sigmoid, softplus, tanh, exp, log, square, softmax],
      (x: tf.Tensor) => tf.add(x, 1),
      (x: tf.Tensor) => tf.sum(x),
      (x: tf.Tensor) => tf.mean(x),
      (x: tf.Tensor) => tf.maximum(x, 0),
      (x: tf.Tensor) => tf.clipByValue(x, -2, 2),
      (x: tf.Tensor) => tf.matMul(tf.reshape(x, [1, 3]), tf.ones([3, 2])),
    ]) {
      const y = tf.tidy(() => layer(x));
      expect([...(await y.data())].some(Number.isNaN), layer.toString()).toBe(true);
      y.dispose();
    }
    x.dispose();
  });
});
