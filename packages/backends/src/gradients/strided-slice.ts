import { reshape, reverse, StridedSlice, slice_util, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { type Attributes, sliceInfo } from '../common/strided-slice.ts';
import { spread, window } from './along-axis.ts';
import { type Gradient, gradient } from './gradient.ts';

/** Puts each element back where it came from, axis by axis. There is no stock gradient. */
export const stridedSlice: Gradient = gradient<Attributes>(StridedSlice, ['x'], (dy, [x], attrs) => ({
  x: () => {
    if (dy.size === 0) return zerosLike(x!);
    const { finalShapeSparse: _, ...info } = sliceInfo(attrs, x!.shape);
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
