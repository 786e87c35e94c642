import { backend_util } from '@tensorflow/tfjs-core';

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

/** The outputs whose input under this tap is not padding: [first, end). */
export function inside({ input, output, stride, dilation, before }: Axis, tap: number): [number, number] {
  const offset = tap * dilation - before;
  const first = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(output, Math.floor((input - 1 - offset) / stride) + 1);
  return [first, end];
}
