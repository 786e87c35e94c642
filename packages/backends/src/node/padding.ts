import {
  AvgPool,
  AvgPoolGrad,
  avgPool,
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  div,
  FusedConv2D,
  FusedDepthwiseConv2D,
  MaxPool,
  MaxPoolGrad,
  ones,
  pad,
  slice,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Attributes, Call, Correction, Shape } from './correction.ts';

/**
 * A kernel for padding in numbers. `valid` is the package's own kernel without padding. It takes the call's
 * inputs and attributes, except for those given.
 */
type Padded = (call: Call, valid: (inputs: Call['inputs'], attrs?: Partial<Attributes>) => Tensor) => Tensor;

/**
 * The package's kernels refuse padding in numbers, except for two of them. These corrections add the padding
 * to the image first, and cut it off the gradient of the image.
 */
export const padded: Readonly<Record<string, Correction>> = Object.fromEntries(
  Object.entries<Padded>({
    [Conv2D]: convolution(false),
    [FusedConv2D]: convolution(false),
    [Conv2DBackpropFilter]: convolution(false),
    [Conv2DBackpropInput]: inputGradient(false),
    [DepthwiseConv2dNative]: convolution(true),
    [FusedDepthwiseConv2D]: convolution(true),
    [DepthwiseConv2dNativeBackpropFilter]: convolution(true),
    [DepthwiseConv2dNativeBackpropInput]: inputGradient(true),

    [MaxPool]: ({ inputs: { x }, attrs }, valid) =>
      valid({ x: around(x!, poolFrame(x!.shape, attrs), -Infinity) }),

    [MaxPoolGrad]: ({ inputs: { input, dy }, attrs }, valid) => {
      const frame = poolFrame(input!.shape, attrs, dy);
      return within(valid({ input: around(input!, frame, -Infinity) }), frame, input!.shape);
    },

    [AvgPool]: ({ inputs: { x }, attrs }, valid) => {
      const frame = poolFrame(x!.shape, attrs);
      return div(valid({ x: around(x!, frame, 0) }), share(x!.shape, frame, attrs));
    },

    [AvgPoolGrad]: ({ inputs: { input, dy }, attrs }, valid) => {
      const frame = poolFrame(input!.shape, attrs, dy);
      const each = div(dy!, share(input!.shape, frame, attrs));
      return within(valid({ input: around(input!, frame, 0), dy: each }), frame, input!.shape);
    },
  }).map(([kernelName, kernel]) => [kernelName, inNumbers(kernel)]),
);

function inNumbers(kernel: Padded): Correction {
  return (call, stock) => {
    if (typeof call.attrs.pad === 'string') return stock(call);
    return kernel(call, (inputs, attrs = {}) =>
      stock({
        ...call,
        inputs: { ...call.inputs, ...inputs },
        attrs: { ...call.attrs, ...attrs, pad: 'valid' },
      }),
    );
  };
}

/** A convolution of x, or the gradient of its filter. */
function convolution(depthwise: boolean): Padded {
  return ({ inputs: { x, filter, dy }, attrs }, valid) => {
    const frame = convolutionFrame(x!.shape, attrs.filterShape ?? filter!.shape, attrs, depthwise, dy);
    return valid({ x: around(x!, frame, 0) });
  };
}

function inputGradient(depthwise: boolean): Padded {
  return ({ inputs: { filter, dy }, attrs }, valid) => {
    const shape = attrs.inputShape!;
    const frame = convolutionFrame(shape, filter!.shape, attrs, depthwise, dy);
    const inputShape = shape.map((size, axis) => size + frame[axis]![0] + frame[axis]![1]) as Shape;
    return within(valid({}, { inputShape }), frame, shape);
  };
}

/** The number of elements that are added before and after each axis. */
type Frame = [number, number][];

function convolutionFrame(
  shape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
  depthwise: boolean,
  output?: Tensor,
): Frame {
  const info = backend_util.computeConv2DInfo(
    shape as Shape,
    filterShape as Shape,
    strides,
    dilations ?? 1,
    pad as number,
    dimRoundingMode,
    depthwise,
  );
  return frameOf(info, output);
}

function poolFrame(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes,
  output?: Tensor,
): Frame {
  const info = backend_util.computePool2DInfo(
    shape as Shape,
    filterSize!,
    strides,
    1,
    pad as number,
    dimRoundingMode,
  );
  return frameOf(info, output);
}

/**
 * The kernels of gradients are not told how the output's size was rounded, but they get a tensor of its
 * shape.
 */
function frameOf(info: backend_util.Conv2DInfo, output?: Tensor): Frame {
  const { top, bottom, left, right } = info.padInfo;
  const [, outHeight, outWidth] = (output?.shape ?? info.outShape) as Shape;
  // If the size is not rounded down, the last windows reach beyond the padding.
  const down = (outHeight - 1) * info.strideHeight + info.effectiveFilterHeight;
  const across = (outWidth - 1) * info.strideWidth + info.effectiveFilterWidth;
  return [
    [0, 0],
    [top, Math.max(bottom, down - info.inHeight - top)],
    [left, Math.max(right, across - info.inWidth - left)],
    [0, 0],
  ];
}

function around(x: Tensor, frame: Frame, value: number): Tensor {
  return pad(x, frame, value);
}

function within(x: Tensor, frame: Frame, shape: readonly number[]): Tensor {
  return slice(
    x,
    frame.map(([before]) => before),
    [...shape],
  );
}

/** The share of each window that is inside an image of this shape. In an average, padding does not count. */
function share(shape: readonly number[], frame: Frame, { filterSize, strides }: Attributes): Tensor {
  return avgPool(around(ones(shape as Shape), frame, 0) as Tensor4D, filterSize!, strides, 'valid');
}
