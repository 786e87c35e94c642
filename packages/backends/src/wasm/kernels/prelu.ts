import { Add, Fill, Minimum, Multiply, Prelu, Relu, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Correction, correction, scoped } from '../kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
  readonly alpha: TensorInfo;
}

/**
 * max(x, 0) + alpha · min(x, 0). The stock kernel treats alpha as one number per channel, whatever its shape
 * is.
 */
export const prelu: Correction = correction<Inputs, object>(Prelu, (stock) => (call) => {
  const { x, alpha } = call.inputs;
  // Without elements, the stock kernel would divide by a number of channels that is zero.
  const channels = x.shape.at(-1) || undefined;
  if (alpha.shape.at(-1) === channels && util.sizeFromShape(alpha.shape) === channels) return stock(call);
  return scoped(call.backend, (run) => {
    const zero = run(Fill, {}, { shape: [], value: 0, dtype: 'float32' });
    const negative = run(Minimum, { a: x, b: zero });
    return run(Add, { a: run(Relu, { x }), b: run(Multiply, { a: alpha, b: negative }) });
  });
});
