import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
  slice,
  stridedSlice,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { spread } from './along-axis.ts';
import { type Gradient, gradient } from './gradient.ts';

interface Attributes {
  /** Null if the layer has no dilations. */
  readonly dilations?: number | number[] | null;
  readonly [name: string]: unknown;
}

function run(kernelName: string, inputs: Record<string, Tensor>, attrs: Record<string, unknown>): Tensor {
  return engine().runKernel(kernelName, inputs, attrs as Record<string, never>) as Tensor;
}

/**
 * The gradients of a convolution with dilations, computed with a filter that has zeros between its taps. The
 * stock gradients refuse dilations.
 */
function dilated(inputGradient: string, filterGradient: string): Gradient {
  return (stock) => ({
    ...stock!,
    gradFunc: (dy, saved, attributes) => {
      const { dilations: given, ...attrs } = attributes as unknown as Attributes;
      const dilations = given ?? 1;
      const [x, filter] = saved as [Tensor, Tensor];
      const axes = filter.rank - 2;
      const steps =
        typeof dilations === 'number' ? Array<number>(axes).fill(dilations) : dilations.slice(-axes);
      if (steps.every((step) => step === 1)) return stock!.gradFunc(dy, saved, attributes);
      const wide = steps.map((step, axis) => (filter.shape[axis]! - 1) * step + 1);
      const filterShape = [...wide, ...filter.shape.slice(axes)];
      const same = { ...attrs, dilations: steps.map(() => 1) };
      return {
        x: () => {
          const zeros = steps.reduce((taps, step, axis) => spread(taps, axis, step), filter as Tensor);
          const taps = slice(
            zeros,
            filterShape.map(() => 0),
            filterShape,
          );
          return run(inputGradient, { dy: dy as Tensor, filter: taps }, { ...same, inputShape: x.shape });
        },
        filter: () => {
          const all = run(filterGradient, { x, dy: dy as Tensor }, { ...same, filterShape });
          const strides = [...steps, 1, 1];
          return stridedSlice(
            all,
            filterShape.map(() => 0),
            filterShape,
            strides,
          );
        },
      };
    },
  });
}

export const convolutions: Readonly<Record<string, Gradient>> = {
  [Conv2D]: dilated(Conv2DBackpropInput, Conv2DBackpropFilter),
  [Conv3D]: dilated(Conv3DBackpropInputV2, Conv3DBackpropFilterV2),
  [DepthwiseConv2dNative]: dilated(DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter),
  /** The gradient of a transposed convolution in three dimensions. There is no stock gradient. */
  [Conv3DBackpropInputV2]: gradient<Attributes>(
    Conv3DBackpropInputV2,
    ['dy', 'filter'],
    (dy, [x, filter], { inputShape: _, ...attrs }) => ({
      dy: () =>
        run(Conv3D, { x: dy, filter: filter! }, { ...attrs, dataFormat: 'NDHWC', dilations: [1, 1, 1] }),
      filter: () => run(Conv3DBackpropFilterV2, { x: dy, dy: x! }, { ...attrs, filterShape: filter!.shape }),
    }),
  ),
};
