import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  backend_util,
  Elu,
  Exp,
  Log,
  Relu6,
  Selu,
  Sigmoid,
  Softplus,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Mending } from '../../mend.ts';
import { elementwise } from './program.ts';

export const passingNaN: readonly Mending[] = [
  passing(Sigmoid, '1.0 / (1.0 + exp(-a))'),
  passing(Elu, 'select(exp(a) - 1.0, a, a >= 0.0)'),
  passing(Exp, 'exp(a)'),
  passing(Log, 'select(log(a), uniforms.NAN, a < 0.0)'),
  passing(Relu6, 'clamp(a, 0.0, 6.0)'),
  passing(
    Selu,
    `select(${backend_util.SELU_SCALEALPHA} * (exp(a) - 1.0), ${backend_util.SELU_SCALE} * a, a >= 0.0)`,
  ),
  passing(Softplus, 'max(a, 0.0) + log(1.0 + exp(-abs(a)))'),
];

/** WGSL lets a driver take it that there is no NaN, which the stock kernels then turn into numbers. */
function passing(kernelName: string, value: string): Mending {
  return {
    kernelName,
    create: (stock) => (call) => {
      const x = call.inputs.x as TensorInfo;
      const backend = call.backend as WebGPUBackend;
      if (x.dtype !== 'float32') return stock(call);
      const code = `let a = x[index]; result[index] = select(${value}, a, isnan(a));`;
      return backend.runWebGPUProgram(elementwise(kernelName, x.shape, ['x'], code), [x], 'float32');
    },
  };
}
