import {
  backend_util,
  DepthwiseConv2dNative,
  FusedDepthwiseConv2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../convolution.ts';
import { type Correction, correction } from '../kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}

/**
 * With padding 'same' and a stride larger than the filter, the stock kernels read wrong elements: the size of
 * the padding is negative, and they take it for a large number. If the same padding is given in numbers, they
 * are right.
 */
export const samePadding: readonly Correction[] = [DepthwiseConv2dNative, FusedDepthwiseConv2D].map(
  (kernelName) =>
    correction<Inputs, ConvolutionAttributes>(kernelName, (stock) => (call) => {
      const { inputs, attrs } = call;
      if (attrs.pad !== 'same' || attrs.dataFormat === 'NCHW') return stock(call);
      const info = backend_util.computeConv2DInfo(
        inputs.x.shape as [number, number, number, number],
        inputs.filter.shape as [number, number, number, number],
        attrs.strides,
        attrs.dilations ?? 1,
        attrs.pad,
        attrs.dimRoundingMode,
      );
      if (info.strideHeight <= info.effectiveFilterHeight && info.strideWidth <= info.effectiveFilterWidth)
        return stock(call);
      const { top, bottom, left, right } = info.padInfo;
      const pad: backend_util.ExplicitPadding = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return stock({ ...call, attrs: { ...attrs, pad, dimRoundingMode: 'floor' } });
    }),
);
