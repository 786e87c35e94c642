import { Softmax } from '@tensorflow/tfjs-core';
import { filled, mendings } from '../../every/kernel.ts';
import type { Mending } from '../../mend.ts';

/** Of nothing, the stock kernel divides zero by zero for a shape. */
export const softmax: readonly Mending[] = mendings<object>([Softmax], (stock) => (call) => {
  const { shape } = call.inputs.logits!;
  return shape.includes(0) ? filled(shape, 'float32', 0, call.backend) : stock(call);
});
