import { Cumprod, Cumsum, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

interface Attributes {
  readonly axis: number;
}

/**
 * The stock kernels do not take an axis that is counted from the end: they answer without values, or fail.
 */
export const scans: readonly Correction[] = corrections<Attributes>([Cumprod, Cumsum], (stock) => (call) => {
  const [axis] = util.parseAxisParam(call.attrs.axis, call.inputs.x!.shape) as [number];
  return stock({ ...call, attrs: { ...call.attrs, axis } });
});
