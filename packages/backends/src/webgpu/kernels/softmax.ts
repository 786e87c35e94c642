import { Softmax } from '@tensorflow/tfjs-core';
import { corrections, filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

/** Of nothing, the stock kernel divides zero by zero for a shape. */
export const softmax: readonly Correction[] = corrections<object>([Softmax], (stock) => (call) => {
  const { shape } = call.inputs.logits!;
  return shape.includes(0) ? filled(shape, 'float32', 0, call.backend) : stock(call);
});
