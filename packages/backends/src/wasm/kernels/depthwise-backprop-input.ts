import {
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropInput,
  PadV2,
  Reverse,
  Slice,
  Sum,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type Axis, type ConvolutionAttributes, geometryOf } from '../convolution.ts';
import { type Correction, correction, type Run, scoped, viewed } from '../kernel.ts';

/** [top, bottom] or [left, right], in elements. A negative number cuts elements off. */
type Margin = readonly [number, number];

interface Inputs {
  /** [batch, outHeight, outWidth, channels · multiplier] */
  readonly dy: TensorInfo;
  /** [height, width, channels, multiplier] */
  readonly filter: TensorInfo;
}

interface Attributes extends ConvolutionAttributes {
  readonly inputShape: [number, number, number, number];
}

/**
 * Spreads dy out by the stride, and computes its depthwise convolution with the reversed filter. Then it adds
 * up the results that belong to the same input channel. The stock backend has no such kernel.
 */
export const depthwiseBackpropInput: Correction = correction<Inputs, Attributes>(
  DepthwiseConv2dNativeBackpropInput,
  () => (call) => {
    const { inputs, attrs, backend } = call;
    const geometry = geometryOf(
      DepthwiseConv2dNativeBackpropInput,
      attrs.inputShape,
      inputs.filter.shape,
      attrs,
      true,
    );
    const { height, width, inChannels, outChannels } = geometry;
    return scoped(backend, (run) => {
      const turned = run(Reverse, { x: inputs.filter }, { dims: [0, 1] });
      const dx = convolved(
        spread(inputs.dy, [height.stride, width.stride], run),
        viewed(turned, [height.filter, width.filter, outChannels, 1]),
        [inputMargin(height), inputMargin(width)],
        { strides: [1, 1], dilations: [height.dilation, width.dilation] },
        run,
      );
      if (inChannels === outChannels) return dx;
      const byChannel = viewed(dx, [...attrs.inputShape, outChannels / inChannels]);
      return run(Sum, { x: byChannel }, { axis: [4], keepDims: false });
    });
  },
);

/**
 * How a convolution of the upstream gradient with stride 1 gives the gradient of the input, along one axis.
 */
function inputMargin({ input, filter, output, stride, dilation, before }: Axis): Margin {
  const reach = (filter - 1) * dilation;
  return [reach - before, input + before - output * stride];
}

/**
 * A depthwise convolution of x [batch, height, width, channels] with these margins: zeros added, or elements
 * cut off.
 */
function convolved(
  x: TensorInfo,
  filter: TensorInfo,
  margins: readonly [Margin, Margin],
  steps: { readonly strides: [number, number]; readonly dilations: [number, number] },
  run: Run,
): TensorInfo {
  const zeros = [[0, 0], ...margins.map((margin) => margin.map((size) => Math.max(0, size))), [0, 0]];
  const convolve = (input: TensorInfo, pad: unknown): TensorInfo =>
    run(
      DepthwiseConv2dNative,
      { x: input, filter },
      { ...steps, pad, dataFormat: 'NHWC', dimRoundingMode: 'floor' },
    );
  if (margins.flat().every((size) => size >= 0)) return convolve(x, zeros);
  // Zeros are added first, because the cut on one side may remove all of x and leave only zeros.
  const padded = run(PadV2, { x }, { paddings: zeros, constantValue: 0 });
  const [top, bottom, left, right] = margins.flat().map((size) => Math.max(0, -size)) as [
    number,
    number,
    number,
    number,
  ];
  const [batch, height, width, channels] = padded.shape as [number, number, number, number];
  const size = [batch, height - top - bottom, width - left - right, channels];
  return convolve(run(Slice, { x: padded }, { begin: [0, top, left, 0], size }), 'valid');
}

/** x [batch, height, width, channels] with `stride − 1` zeros after every row and every column. */
function spread(x: TensorInfo, strides: readonly [number, number], run: Run): TensorInfo {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [down, across] = strides;
  const row = width * across * channels;
  const wide = zerosAfter(viewed(x, [batch * height * width, channels]), across, run);
  const tall = zerosAfter(viewed(wide, [batch * height, row]), down, run);
  return viewed(tall, [batch, height * down, width * across, channels]);
}

/** Every row of a matrix, followed by `times − 1` rows of zeros. */
function zerosAfter(x: TensorInfo, times: number, run: Run): TensorInfo {
  if (times === 1) return x;
  const zeros = (times - 1) * x.shape[1]!;
  return run(
    PadV2,
    { x },
    {
      paddings: [
        [0, 0],
        [0, zeros],
      ],
      constantValue: 0,
    },
  );
}
