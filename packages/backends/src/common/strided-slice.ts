import { StridedSlice, slice_util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

export interface Attributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/**
 * If an axis is dropped, the stock kernels give each later axis the stride of the axis before it. This
 * correction drops the axis after the slice.
 */
export const stridedSlice: readonly Correction[] = corrections<Attributes>(
  [StridedSlice],
  (stock) => (call) => {
    if (call.attrs.shrinkAxisMask === 0) return stock(call);
    const { attrs, shape } = inPlain(call.attrs, call.inputs.x!.shape);
    return { ...stock({ ...call, attrs }), shape };
  },
);

/** The same slice with one range per axis, none added or dropped, and the final shape of the result. */
export function inPlain(attrs: Attributes, from: number[]): { attrs: Attributes; shape: number[] } {
  const { begin, end, strides, finalShape } = sliceInfo(attrs, from);
  const none = { beginMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
  // An end before the first element cannot be written as a number, because −1 means the last element.
  const endMask = end.reduce((mask, place, axis) => (place < 0 ? mask | (1 << axis) : mask), 0);
  return { attrs: { begin, end, strides, endMask, ...none }, shape: finalShape };
}

/** The range for each axis of an input of this shape, and the shape of the result. */
export function sliceInfo(attrs: Attributes, from: number[]): ReturnType<typeof slice_util.sliceInfo> {
  return slice_util.sliceInfo(
    from,
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
}
