import {
  add,
  backend_util,
  Dilation2DBackpropInput,
  getBackend,
  getKernel,
  max,
  pad,
  reshape,
  slice,
  stack,
  stridedSlice,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradientsWithin } from './gradient.ts';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid';
  readonly dilations: number | [number, number];
}

/**
 * WebGL has no kernels for the stock gradient. There the dilation is computed as the maximum of shifted
 * images, and differentiated as such.
 */
export const dilation2d: Gradient = (stock) => ({
  ...stock!,
  gradFunc: (dy, saved, attrs) => {
    if (getKernel(Dilation2DBackpropInput, getBackend()) !== undefined)
      return stock!.gradFunc(dy, saved, attrs);
    const [x, filter] = saved as [Tensor, Tensor];
    const slope = (): Tensor[] =>
      gradientsWithin(
        (x, filter) => dilated(x as Tensor4D, filter as Tensor3D, attrs as unknown as Attributes),
        [x, filter],
        dy as Tensor,
      );
    return { x: () => slope()[0]!, filter: () => slope()[1]! };
  },
});

function dilated(x: Tensor4D, filter: Tensor3D, { strides, pad: padding, dilations }: Attributes): Tensor {
  const info = backend_util.computeDilation2DInfo(x.shape, filter.shape, strides, padding, 'NHWC', dilations);
  const { padInfo, filterHeight, filterWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  const edges: [number, number][] = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  const padded = pad(x, edges, -1e30);
  const shifted = Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const [row, column] = [Math.floor(tap / filterWidth), tap % filterWidth];
    const begin = [0, row * info.dilationHeight, column * info.dilationWidth, 0] as const;
    const end = [
      x.shape[0],
      begin[1] + (outHeight - 1) * strideHeight + 1,
      begin[2] + (outWidth - 1) * strideWidth + 1,
      x.shape[3],
    ];
    const pixels = stridedSlice(padded, [...begin], end, [1, strideHeight, strideWidth, 1]);
    return add(pixels, reshape(slice(filter, [row, column, 0], [1, 1, -1]), [-1]));
  });
  return max(stack(shifted), 0);
}
