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
 * With padding in one number, TensorFlow.js counts the outputs across as it counts those down: with the height of the filter and the stride downwards. Where
 * width and height differ there are outputs too few, or some that see nothing but what lies behind the image. With a number for each side it counts right.
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
