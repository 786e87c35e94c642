import { backend_util, PadV2, Slice, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Run, viewed } from './kernel.ts';

/** [top, bottom] or [left, right], in elements; negative: cut off. */
export type Margin = readonly [number, number];

/** One spatial axis of a convolution: out[o] = Σₖ in[o·stride + k·dilation − before] · filter[k]. */
export interface Axis {
  readonly input: number;
  readonly filter: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

export interface Geometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly height: Axis;
  readonly width: Axis;
}

export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Throws for channels-first data, which no convolution of the wasm backend takes. */
export function geometryOf(
  kernelName: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvolutionAttributes,
  depthwise: boolean,
): Geometry {
  if (attrs.dataFormat === 'NCHW')
    throw new Error(
      `${kernelName} on the wasm backend does not take dataFormat 'NCHW'. Use 'NHWC' (transpose [0, 2, 3, 1]).`,
    );
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    height: {
      input: info.inHeight,
      filter: info.filterHeight,
      output: info.outHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: info.padInfo.top,
    },
    width: {
      input: info.inWidth,
      filter: info.filterWidth,
      output: info.outWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: info.padInfo.left,
    },
  };
}

/** How a convolution with unit stride over the upstream gradient gives the gradient of the input, on one axis. */
export function inputMargin({ input, filter, output, stride, dilation, before }: Axis): Margin {
  const reach = (filter - 1) * dilation;
  return [reach - before, input + before - output * stride];
}

/** How a convolution of the input, with the upstream gradient as filter, gives the filter's gradient, on one axis. */
export function filterMargin({ input, filter, output, stride, dilation, before }: Axis): Margin {
  return [before, (output - 1) * stride + (filter - 1) * dilation + 1 - input - before];
}

/** A convolution of x [batch, height, width, channels] with these margins: zeros added, or elements cut off. */
export function convolved(
  kernelName: 'Conv2D' | 'DepthwiseConv2dNative',
  x: TensorInfo,
  filter: TensorInfo,
  margins: readonly [Margin, Margin],
  steps: { readonly strides: [number, number]; readonly dilations: [number, number] },
  run: Run,
): TensorInfo {
  const zeros = [[0, 0], ...margins.map((margin) => margin.map((size) => Math.max(0, size))), [0, 0]];
  const convolve = (input: TensorInfo, pad: unknown): TensorInfo =>
    run(kernelName, { x: input, filter }, { ...steps, pad, dataFormat: 'NHWC', dimRoundingMode: 'floor' });
  if (margins.flat().every((size) => size >= 0)) return convolve(x, zeros);
  // Zeros first: what is cut off may be all of x on one side, and zeros be all that stays.
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
export function spread(x: TensorInfo, strides: readonly [number, number], run: Run): TensorInfo {
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
