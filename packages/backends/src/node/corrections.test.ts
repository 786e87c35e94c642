import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkBackend } from '../index.ts';
import { tensorflowMissing } from '../testing/tensorflow.ts';
import { expectAgreement, expectClose, floats, forAll, gradients, results } from '../testing.ts';
import { correctTensorFlow } from './corrections.ts';
import { startNode } from './definition.ts';

const size = (max: number) => fc.integer({ min: 1, max });
const margin = fc.tuple(fc.nat(2), fc.nat(2));
const TOLERANCE = 1e-5;

/** TensorFlow.js computes the output's width from a single padding number as for a square window. */
const square = <Shape>(window: fc.Arbitrary<Shape>) => window.map((side): [Shape, Shape] => [side, side]);

const images = fc.record({
  image: fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 })),
  batch: size(3),
  channels: size(4),
  filter: square(size(4)),
  strides: square(size(3)),
  rounding: fc.constantFrom('floor', 'ceil', 'round') as fc.Arbitrary<'floor' | 'ceil' | 'round'>,
  seed: fc.nat(),
});

const convolutions = fc
  .tuple(
    images,
    size(5),
    fc.oneof(
      fc.nat(2),
      fc.tuple(margin, margin).map(([rows, columns]): [number, number][] => [[0, 0], rows, columns, [0, 0]]),
    ),
  )
  .map(([image, out, pad]) => ({ ...image, out, pad }));

/** No window covers only padding, because such a window has neither an average nor a maximum. */
const pools = fc
  .tuple(images, size(2))
  .map(([image, pad]) => ({ ...image, pad }))
  .filter(({ image, filter, strides, pad, rounding }) => {
    const { outShape } = tf.backend_util.computePool2DInfo(
      [1, ...image, 1],
      filter,
      strides,
      1,
      pad,
      rounding,
    );
    const last = (axis: 0 | 1) => (outShape[axis + 1]! - 1) * strides[axis] - pad;
    return pad < filter[0] && last(0) < image[0] && last(1) < image[1];
  });

function kernel(kernelName: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attributes as Record<string, never>);
}

describe.skipIf(tensorflowMissing)(tensorflowMissing ?? 'images on libtensorflow', () => {
  test.each([
    ['Conv2D', 'Conv2D', false],
    ['DepthwiseConv2dNative', 'DepthwiseConv2dNative', true],
  ] as const)('%s and its gradients, padded in numbers', async (name, prefix, depthwise) => {
    await forAll(
      convolutions,
      async ({ batch, image, channels, filter, out, strides, pad, rounding: dimRoundingMode, seed }) => {
        const inputShape = [batch, ...image, channels] as [number, number, number, number];
        const filterShape = [...filter, channels, out] as [number, number, number, number];
        const { outShape } = tf.backend_util.computeConv2DInfo(
          inputShape,
          filterShape,
          strides,
          1,
          pad as number,
          dimRoundingMode,
          depthwise,
        );
        const shared = {
          strides,
          dilations: [1, 1],
          pad,
          dataFormat: 'NHWC',
          dimRoundingMode,
          inputShape,
          filterShape,
        };
        const [x, w, dy] = [
          floats(inputShape, seed),
          floats(filterShape, seed + 1),
          floats(outShape, seed + 2),
        ];
        const byFilter = (x: tf.Tensor, dy: tf.Tensor) =>
          kernel(`${prefix}BackpropFilter`, { x, dy }, shared);
        const byInput = (dy: tf.Tensor, filter: tf.Tensor) =>
          kernel(`${prefix}BackpropInput`, { dy, filter }, shared);
        const forward = (x: tf.Tensor, filter: tf.Tensor) => kernel(name, { x, filter }, shared);
        await expectAgreement(forward, [x, w], TOLERANCE, startNode);
        await expectAgreement(byFilter, [x, dy], TOLERANCE, startNode);
        await expectAgreement(byInput, [dy, w], TOLERANCE, startNode);
      },
    );
  });

  test('dilated convolutions', async () => {
    const inputs = [floats([2, 9, 8, 3], 1), floats([2, 3, 3, 4], 2)];
    const layer = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(
        x as tf.Tensor4D,
        w as tf.Tensor4D,
        1,
        [
          [0, 0],
          [2, 1],
          [0, 3],
          [0, 0],
        ],
        'NHWC',
        2,
      );
    await expectAgreement(layer, inputs, TOLERANCE, startNode);
  });

  test('fused convolutions', async () => {
    const options = { strides: 2, pad: 1, dimRoundingMode: 'floor', activation: 'relu' } as const;
    const plain = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, ...options });
    const depthwise = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, ...options });
    const x = floats([2, 7, 6, 3], 1);
    await expectAgreement(plain, [x, floats([3, 3, 3, 4], 2), floats([4], 3)], TOLERANCE, startNode);
    await expectAgreement(depthwise, [x, floats([3, 3, 3, 2], 2), floats([6], 3)], TOLERANCE, startNode);
  });

  test('max pooling and its gradient, of images below zero too', () =>
    forAll(pools, async ({ batch, image, channels, filter, strides, pad, rounding, seed }) => {
      const values = floats([batch, ...image, channels], seed);
      const below = { ...values, values: values.values.map((x) => x - 1) };
      const layer = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, filter, strides, pad, rounding);
      await expectAgreement(layer, [below], TOLERANCE, startNode);
      // The cpu backend's gradient assumes that the output's size is rounded down.
      if (rounding === 'floor') await expectAgreement(gradients(layer), [below], TOLERANCE, startNode);
    }));

  // An average is linear in its image, and a gradient is the adjoint: ⟨dy, average(x)⟩ = ⟨dx, x⟩ for every x
  // and dy. (With padding, the cpu backend's gradient is wrong.)
  test('average pooling, and its gradient, which is the adjoint', () =>
    forAll(
      pools.chain((pool) => fc.constantFrom(pool, { ...pool, pad: 'same' as const })),
      async ({ batch, image, channels, filter, strides, pad, rounding, seed }) => {
        const x = floats([batch, ...image, channels], seed);
        const mode = pad === 'same' ? undefined : rounding;
        const layer = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, filter, strides, pad, mode);
        await expectAgreement(layer, [x], TOLERANCE, startNode);
        const [forward, back] = await results(
          (x) => {
            const [dx] = gradients(layer)(x) as tf.Tensor[];
            const output = layer(x);
            const dy = tf.cos(tf.reshape(tf.range(0, output.size, 1, 'float32'), output.shape));
            return [tf.sum(tf.mul(dy, output)), tf.sum(tf.mul(dx!, x))];
          },
          [x],
        );
        expectClose(back!.values, forward!.values, 2e-5);
      },
    ));

  // A gradient is the adjoint: ⟨dy, convolution(x, w)⟩ = ⟨dw, w⟩. Without the correction, this many
  // convolutions end the process in almost every run.
  test('gradients of filters of 1x1 with strides', async () => {
    await startNode();
    await forAll(
      fc.record({
        batch: size(3),
        image: fc.tuple(fc.integer({ min: 4, max: 13 }), fc.integer({ min: 4, max: 13 })),
        channels: size(4),
        out: size(5),
        strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 3 })),
        pad: fc.constantFrom('same' as const, 'valid' as const),
        seed: fc.nat(),
      }),
      async ({ batch, image, channels, out, strides, pad, seed }) => {
        const shape = [batch, ...image, channels] as [number, number, number, number];
        const layer = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, strides, pad);
        const [forward, back] = tf.tidy(() => {
          const x = tf.randomUniform(shape, -1, 1, 'float32', seed) as tf.Tensor4D;
          const w = tf.randomUniform([1, 1, channels, out], -1, 1, 'float32', seed + 1) as tf.Tensor4D;
          const output = layer(x, w);
          const dy = tf.randomUniform(output.shape, -1, 1, 'float32', seed + 2);
          const dw = tf.grad((w) => layer(x, w as tf.Tensor4D))(w, dy);
          return [tf.sum(tf.mul(dy, output)), tf.sum(tf.mul(dw, w))].map((value) => [...value.dataSync()]);
        });
        expectClose(back!, forward!, 2e-5);
      },
      1000,
    );
  });

  test('correcting twice changes nothing', async () => {
    await startNode();
    const kernels = () => tf.getKernelsForBackend('tensorflow').map(({ kernelFunc }) => kernelFunc);
    const once = new Set(kernels());
    correctTensorFlow();
    expect(kernels().every((kernelFunc) => once.has(kernelFunc))).toBe(true);
  });
});

describe.skipIf(tensorflowMissing)(tensorflowMissing ?? 'on libtensorflow', () => {
  test('gathers along an axis that is counted from the end', async () => {
    await startNode();
    const [rows] = await results(() => tf.gather(tf.tensor2d([[1, 2, 3]]), [2, 0], -1), []);
    expect(rows).toEqual({ shape: [1, 2], dtype: 'float32', values: [3, 1] });
  });

  test('truth values between bounds stay truth values', async () => {
    await startNode();
    const [clipped] = await results(() => tf.clipByValue(tf.tensor1d([0, 1], 'bool'), 0, 1), []);
    expect(clipped).toEqual({ shape: [2], dtype: 'bool', values: [0, 1] });
  });

  test('quotients of floats that are rounded down are whole numbers, as on other backends', async () => {
    await startNode();
    const [quotients] = await results(() => tf.floorDiv(tf.tensor1d([7.5, -1.2]), tf.tensor1d([2, 0.5])), []);
    expect(quotients).toEqual({ shape: [2], dtype: 'int32', values: [3, -3] });
  });
});

describe.skipIf(tensorflowMissing)(tensorflowMissing ?? 'a check on libtensorflow', () => {
  test('passes, and says which kernels the library lacks, for a type or in all', async () => {
    await startNode();
    // The engine's own check counts tensors that this library's fused products save as a leak.
    tf.env().set('IS_TEST', false);
    const check = await checkBackend({ draws: 4, trainings: 5 }).finally(() => tf.env().set('IS_TEST', true));
    expect(check).toMatchObject({ backend: 'tensorflow', passed: true, findings: [] });
    expect(check.missing).toEqual(expect.arrayContaining(['BitwiseAnd', 'Relu of bool']));
  });
});
