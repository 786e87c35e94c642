import { StridedSlice } from '@tensorflow/tfjs-core';
import { axisByAxis } from '../common/axis-by-axis.ts';
import { corrections } from '../common/kernel.ts';
import { type Attributes, inPlain } from '../common/strided-slice.ts';
import type { Correction } from '../corrections.ts';

/** The stock kernel's program for five axes does not compile. */
export const stridedSlice: readonly Correction[] = [
  ...axisByAxis<Attributes>({
    kernelName: StridedSlice,
    axes: ({ begin, end, strides }, shape) =>
      [...shape.keys()].filter(
        (axis) => begin[axis] !== 0 || end[axis] !== shape[axis] || strides[axis] !== 1,
      ),
    along: (attrs, axis) => ({
      ...attrs,
      begin: [0, attrs.begin[axis]!, 0],
      end: [0, attrs.end[axis]!, 0],
      strides: [1, attrs.strides[axis]!, 1],
      endMask: 5 | (attrs.endMask & (1 << axis) ? 2 : 0),
    }),
  }),
  ...corrections<Attributes>([StridedSlice], (stock) => (call) => {
    const { shape: from } = call.inputs.x!;
    if (from.length <= 4) return stock(call);
    const { attrs, shape } = inPlain(call.attrs, from);
    return { ...stock({ ...call, attrs }), shape };
  }),
];
