import { cast } from '@tensorflow/tfjs-core';
import type { Call, Correction } from './correction.ts';

/**
 * The package counts an axis from the end as one before the batch dimensions. This correction counts it from
 * the start.
 */
export const gather: Correction = (call, stock) => {
  const { axis } = call.attrs as unknown as { readonly axis: number };
  if (axis >= 0) return stock(call);
  const counted = axis + call.inputs.x!.shape.length;
  return stock({ ...call, attrs: { ...call.attrs, axis: counted } as Call['attrs'] });
};

/** For floats the library gives floats, but every other backend gives int32. */
export const floorDiv: Correction = (call, stock) => {
  const result = stock(call);
  return result.dtype === 'float32' ? cast(result, 'int32') : result;
};

/** For bools the library gives int32. */
export const clipByValue: Correction = (call, stock) => cast(stock(call), call.inputs.x!.dtype);
