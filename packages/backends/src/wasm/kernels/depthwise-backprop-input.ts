import { DepthwiseConv2dNativeBackpropInput, Reverse, Sum, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, convolved, geometryOf, inputMargin, spread } from '../convolution.ts';
import { type Mending, mending, scoped, viewed } from '../kernel.ts';

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
 * The depthwise convolution of dy, spread out by the stride, with the filter turned round; what comes from the same
 * input channel is added up. The stock backend has no such kernel.
 */
export const depthwiseBackpropInput: Mending = mending<Inputs, Attributes>(
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
        'DepthwiseConv2dNative',
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
