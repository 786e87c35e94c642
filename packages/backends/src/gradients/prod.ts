import { util } from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.ts';

/** The stock gradient takes axes counted from the front alone, in their order. */
export const prod: Gradient = (stock) => ({
  ...stock!,
  gradFunc: (dy, saved, attrs) => {
    const axes = util.parseAxisParam(attrs.axis as number | number[], saved[0]!.shape);
    return stock!.gradFunc(dy, saved, { ...attrs, axis: axes.sort((a, b) => a - b) });
  },
});
