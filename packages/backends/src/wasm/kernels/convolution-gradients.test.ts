import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, expectClose, floats, forAll, results } from '../../testing.ts';
import { startWasm } from '../start.ts';

const size = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(size(max), size(max));
const margin = fc.tuple(fc.nat(2), fc.nat(2));

const convolutions = fc
  .record({
    batch: size(3),
    image: pair(9),
    channels: size(4),
    filter: pair(4),
    out: size(5),
    strides: pair(3),
    dilations: pair(3),
    pad: fc.oneof(
      fc.constantFrom('same' as const, 'valid' as const),
      fc.nat(2),
      fc
        .tuple(margin, margin)
        .map(([rows, columns]) => [[0, 0], rows, columns, [0, 0]] as [number, number][]),
    ),
    seed: fc.nat(),
  })
  // With a single padding number, TensorFlow.js infers the width of the output from the filter's height.
  .filter(
    ({ pad, filter, strides, dilations }) =>
      typeof pad !== 'number' || [filter, strides, dilations].every(([down, across]) => down === across),
  )
  .filter(({ image, filter }) => image.every((length, i) => length >= filter[i]!));

type Convolution = typeof convolutions extends fc.Arbitrary<infer Case> ? Case : never;

/**
 * The shapes and attributes of a convolution and of its gradients, as the engine gives them to the kernels.
 */
function kernelArguments(convolution: Convolution, depthwise: boolean) {
  const { batch, image, channels, filter, out, strides, dilations, pad, seed } = convolution;
  const inputShape = [batch, ...image, channels] as [number, number, number, number];
  const filterShape = [...filter, channels, out] as [number, number, number, number];
  const attributes = { strides, pad, dilations, dataFormat: 'NHWC', dimRoundingMode: 'floor' };
  const { outShape } = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    pad as 'same',
    'floor',
    depthwise,
  );
  return {
    attributes: { ...attributes, inputShape, filterShape },
    x: floats(inputShape, seed),
    filter: floats(filterShape, seed + 1),
    dy: floats(outShape, seed + 2),
  };
}

function kernel(kernelName: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attributes as Record<string, never>);
}

const fits = ({ dy }: { dy: { values: readonly number[] } }) => dy.values.length > 0;

const undilated = convolutions.map((convolution): Convolution => ({ ...convolution, dilations: [1, 1] }));

test("a convolution's gradients, on random shapes, strides and paddings", () =>
  forAll(
    undilated.map((convolution) => kernelArguments(convolution, false)).filter(fits),
    async ({ attributes, x, filter, dy }) => {
      await expectAgreement((x, dy) => kernel('Conv2DBackpropFilter', { x, dy }, attributes), [x, dy]);
      await expectAgreement(
        (dy, filter) => kernel('Conv2DBackpropInput', { dy, filter }, attributes),
        [dy, filter],
      );
    },
    150,
  ));

test("a depthwise convolution's gradients, on random shapes, strides and paddings", () =>
  forAll(
    undilated.map((convolution) => kernelArguments(convolution, true)).filter(fits),
    async ({ attributes, x, filter, dy }) => {
      const name = 'DepthwiseConv2dNativeBackprop';
      await expectAgreement((x, dy) => kernel(`${name}Filter`, { x, dy }, attributes), [x, dy]);
      await expectAgreement((dy, filter) => kernel(`${name}Input`, { dy, filter }, attributes), [dy, filter]);
    },
    150,
  ));

test('a convolution whose patches come in several blocks, across images', async () => {
  const attributes = {
    strides: 1,
    pad: 'same',
    dilations: 1,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    inputShape: [3, 33, 40, 16],
    filterShape: [3, 3, 16, 5],
  };
  const [x, filter, dy] = [floats([3, 33, 40, 16], 1), floats([3, 3, 16, 5], 2), floats([3, 33, 40, 5], 3)];
  await expectAgreement((x, filter) => kernel('Conv2D', { x, filter }, attributes), [x, filter]);
  await expectAgreement((x, dy) => kernel('Conv2DBackpropFilter', { x, dy }, attributes), [x, dy]);
  await expectAgreement(
    (dy, filter) => kernel('Conv2DBackpropInput', { dy, filter }, attributes),
    [dy, filter],
  );
});

// The cpu backend's gradients ignore dilations. A convolution is linear in its input and in its filter, and a
// gradient is the adjoint: ⟨dy, convolution(x, w)⟩ = ⟨dx, x⟩ = ⟨dw, w⟩ for every x and every w.
test.each([
  ['Conv2D', 'Conv2D', false],
  ['DepthwiseConv2dNative', 'DepthwiseConv2dNative', true],
] as const)('with dilations, the gradients of %s are its adjoints', async (name, prefix, depthwise) => {
  await startWasm();
  await forAll(
    convolutions.map((convolution) => kernelArguments(convolution, depthwise)).filter(fits),
    async ({ attributes, x, filter, dy }) => {
      const products = await results(
        (x, filter, dy) => {
          const output = kernel(name, { x, filter }, attributes);
          const dx = kernel(`${prefix}BackpropInput`, { dy, filter }, attributes);
          const dw = kernel(`${prefix}BackpropFilter`, { x, dy }, attributes);
          return [tf.sum(tf.mul(dy, output)), tf.sum(tf.mul(dx, x)), tf.sum(tf.mul(dw, filter))];
        },
        [x, filter, dy],
      );
      const [forward, byInput, byFilter] = products.map(({ values }) => values);
      expectClose(byInput!, forward!, 2e-5);
      expectClose(byFilter!, forward!, 2e-5);
    },
    150,
  );
});

test('the forward convolutions, with strides beyond the filter too', () =>
  forAll(
    convolutions
      // The cpu backend refuses strides and dilations above one together.
      .map(
        (convolution): Convolution =>
          convolution.strides.every((stride) => stride === 1)
            ? convolution
            : { ...convolution, dilations: [1, 1] },
      )
      .map((convolution) => [kernelArguments(convolution, false), kernelArguments(convolution, true)])
      .filter((both) => both.every(fits)),
    async ([plain, depthwise]) => {
      for (const [name, { attributes, x, filter }] of [
        ['Conv2D', plain!],
        ['DepthwiseConv2dNative', depthwise!],
      ] as const)
        await expectAgreement((x, filter) => kernel(name, { x, filter }, attributes), [x, filter]);
    },
    150,
  ));

test('fused convolutions with a stride beyond the filter', async () => {
  const inputs = [floats([2, 7, 6, 3], 1), floats([2, 2, 3, 4], 2), floats([4], 3)];
  const options = { strides: 3, pad: 'same', activation: 'relu' } as const;
  await expectAgreement(
    (x, filter, bias) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, ...options }),
    inputs,
  );
  await expectAgreement(
    (x, filter, bias) =>
      tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, ...options }),
    [inputs[0]!, floats([2, 2, 3, 2], 2), floats([6], 3)],
  );
});

test('channels first is refused with what to do instead', async () => {
  await startWasm();
  const x = tf.ones([1, 2, 4, 4]);
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 2, 2] };
  expect(() => kernel('Conv2DBackpropFilter', { x, dy: x }, attributes)).toThrow(
    "Conv2DBackpropFilter on the wasm backend does not take dataFormat 'NCHW'. Use 'NHWC'",
  );
});
