import { util } from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.ts';

/** The stock gradient only takes axes that are counted from the front and in increasing order. */
export const prod: Gradient = (stock) => ({
  ...stock!,
  gradFunc: (dy, saved, attrs) => {
    const axes = util.parseAxisParam(attrs.axis as number | number[], saved[0]!.shape);
    return stock!.gradFunc(dy, saved, { ...attrs, axis: axes.sort((a, b) => a - b) });
  },
});
