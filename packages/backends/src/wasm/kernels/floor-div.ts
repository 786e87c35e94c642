import { Cast, FloorDiv, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Correction, correction, scoped } from '../kernel.ts';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** The result is int32, as on every other backend. The stock kernel gives it the type of its input. */
export const floorDiv: Correction = correction<Inputs, object>(FloorDiv, (stock) => (call) => {
  const quotient = stock(call);
  if (quotient.dtype === 'int32') return quotient;
  const whole = scoped(call.backend, (run) => run(Cast, { x: quotient }, { dtype: 'int32' }));
  call.backend.disposeData(quotient.dataId);
  return whole;
});
