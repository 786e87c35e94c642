import { cast } from '@tensorflow/tfjs-core';
import type { Call, Correction } from './correction.ts';

/** An axis that is counted from the end, which the package takes for one before the batches. */
export const gather: Correction = (call, stock) => {
  const { axis } = call.attrs as unknown as { readonly axis: number };
  if (axis >= 0) return stock(call);
  const counted = axis + call.inputs.x!.shape.length;
  return stock({ ...call, attrs: { ...call.attrs, axis: counted } as Call['attrs'] });
};

/** Of floats the library makes floats, and every other backend whole numbers. */
export const floorDiv: Correction = (call, stock) => {
  const result = stock(call);
  return result.dtype === 'float32' ? cast(result, 'int32') : result;
};

/** Of truth values the library makes whole numbers. */
export const clipByValue: Correction = (call, stock) => cast(stock(call), call.inputs.x!.dtype);
