import { Cumprod, Cumsum, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

interface Attributes {
  readonly axis: number;
}

/** On a GPU the stock kernels take at most four dimensions. The axes before and after are one each. */
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
