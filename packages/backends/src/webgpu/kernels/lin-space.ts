import { LinSpace } from '@tensorflow/tfjs-core';
import { corrections, filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

/**
 * For one number, the stock kernel divides by zero to find the step. The right answer is the first number.
 */
export const linSpace: readonly Correction[] = corrections<{ readonly start: number; readonly num: number }>(
  [LinSpace],
  (stock) => (call) => {
    const { start, num } = call.attrs;
    return num === 1 ? filled([1], 'float32', start, call.backend) : stock(call);
  },
);
