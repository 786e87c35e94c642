import { reshape, reverse, StridedSlice, slice_util, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { spread, window } from './along-axis.ts';
import { type Gradient, gradient } from './gradient.ts';

interface Attributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Puts each element back where it came from, axis by axis. There is no stock gradient. */
export const stridedSlice: Gradient = gradient<Attributes>(StridedSlice, ['x'], (dy, [x], attrs) => ({
  x: () => {
    if (dy.size === 0) return zerosLike(x!);
    const { finalShapeSparse: _, ...info } = slice_util.sliceInfo(
      x!.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const counts = slice_util.computeOutShape(info.begin, info.end, info.strides);
    let result: Tensor = reshape(dy, counts);
    for (const [axis, stride] of info.strides.entries()) {
      const first = stride > 0 ? info.begin[axis]! : info.begin[axis]! + (counts[axis]! - 1) * stride;
      const inOrder = stride > 0 ? result : reverse(result, axis);
      result = window(spread(inOrder, axis, Math.abs(stride)), axis, -first, x!.shape[axis]!);
    }
    return result;
  },
}));
