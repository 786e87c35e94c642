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

/** Where an axis is taken away, the stock kernels give each axis after it the stride of the one before. Here it is taken away in the end. */
export const stridedSlice: readonly Correction[] = corrections<Attributes>(
  [StridedSlice],
  (stock) => (call) => {
    if (call.attrs.shrinkAxisMask === 0) return stock(call);
    const { attrs, shape } = inPlain(call.attrs, call.inputs.x!.shape);
    return { ...stock({ ...call, attrs }), shape };
  },
);

/** The same slice, axis by axis and without an axis that comes or goes, and the shape that it has in the end. */
export function inPlain(attrs: Attributes, from: number[]): { attrs: Attributes; shape: number[] } {
  const { begin, end, strides, finalShape } = slice_util.sliceInfo(
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
  const none = { beginMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
  // An end before the first element cannot be written as a number: −1 is the last one.
  const endMask = end.reduce((mask, place, axis) => (place < 0 ? mask | (1 << axis) : mask), 0);
  return { attrs: { begin, end, strides, endMask, ...none }, shape: finalShape };
}
