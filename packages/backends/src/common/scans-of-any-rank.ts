import { Cumprod, Cumsum, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

interface Attributes {
  readonly axis: number;
}

/**
 * The stock kernels on a GPU take at most four dimensions. This correction merges the axes before the scanned
 * axis into one, and those after it into another.
 */
export const scansOfAnyRank: readonly Correction[] = corrections<Attributes>(
  [Cumprod, Cumsum],
  (stock) => (call) => {
    const x = call.inputs.x!;
    const [axis] = util.parseAxisParam(call.attrs.axis, x.shape) as [number];
    const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)].map(util.sizeFromShape) as [
      number,
      number,
    ];
    const shape = [before, x.shape[axis]!, ...(after === 1 ? [] : [after])];
    const result = stock({ ...call, inputs: { x: { ...x, shape } }, attrs: { ...call.attrs, axis: 1 } });
    return { ...result, shape: x.shape };
  },
);
