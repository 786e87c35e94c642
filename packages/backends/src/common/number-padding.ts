import {
  AvgPool,
  AvgPoolGrad,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  MaxPool,
  MaxPoolGrad,
} from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

interface Attributes {
  readonly pad: 'same' | 'valid' | number | readonly (readonly [number, number])[];
  readonly dataFormat?: 'NHWC' | 'NCHW';
}

/**
 * If the padding is a single number, TensorFlow.js computes the output's width from the filter's height and
 * the vertical stride. If width and height differ, there are too few outputs, or some outputs see nothing but
 * positions behind the image. With one number for each side it computes the width correctly.
 */
export const numberPadding: readonly Correction[] = corrections<Attributes>(
  [
    AvgPool,
    AvgPoolGrad,
    Conv2D,
    Conv2DBackpropFilter,
    Conv2DBackpropInput,
    DepthwiseConv2dNative,
    DepthwiseConv2dNativeBackpropFilter,
    DepthwiseConv2dNativeBackpropInput,
    FusedConv2D,
    FusedDepthwiseConv2D,
    MaxPool,
    MaxPoolGrad,
  ],
  (stock) => (call) => {
    const { pad, dataFormat } = call.attrs;
    if (typeof pad !== 'number') return stock(call);
    const sides = [pad, pad] as const;
    const none = [0, 0] as const;
    const explicit = dataFormat === 'NCHW' ? [none, none, sides, sides] : [none, sides, sides, none];
    return stock({ ...call, attrs: { ...call.attrs, pad: explicit } });
  },
);
