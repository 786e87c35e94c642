import { Softmax } from '@tensorflow/tfjs-core';
import { corrections, filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

/** For a tensor without elements, the stock kernel divides zero by zero to find a shape. */
export const softmax: readonly Correction[] = corrections<object>([Softmax], (stock) => (call) => {
  const { shape } = call.inputs.logits!;
  return shape.includes(0) ? filled(shape, 'float32', 0, call.backend) : stock(call);
});
