import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  Acosh,
  Asinh,
  Atanh,
  backend_util,
  Cosh,
  Elu,
  Exp,
  Expm1,
  Log,
  Log1p,
  Relu6,
  Selu,
  Sigmoid,
  Sinh,
  Softplus,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Correction } from '../../corrections.ts';
import { elementwise } from './program.ts';

const { SELU_SCALE, SELU_SCALEALPHA } = backend_util;

/**
 * The logarithm in WGSL. It is also right for zero and infinity, which some drivers replace by the smallest
 * and the largest number.
 */
const logarithm = (x: string): string =>
  `select(select(select(log(${x}), ${x}, ${x} > 3.4028234e38), -uniforms.INFINITY, ${x} == 0.0), uniforms.NAN, ${x} < 0.0)`;

/** Infinite where x is infinite. */
const unbounded = (value: string): string => `select(${value}, a, abs(a) > 3.4028234e38)`;

export const passingNaN: readonly Correction[] = [
  passing(Acosh, `select(${unbounded('acosh(a)')}, uniforms.NAN, a < 1.0)`),
  passing(Asinh, unbounded('asinh(a)')),
  passing(
    Atanh,
    'select(select(atanh(a), a * uniforms.INFINITY, abs(a) == 1.0), uniforms.NAN, abs(a) > 1.0)',
  ),
  passing(Cosh, '(exp(a) + exp(-a)) / 2.0'),
  passing(Sigmoid, '1.0 / (1.0 + exp(-a))'),
  passing(Sinh, '(exp(a) - exp(-a)) / 2.0'),
  passing(Elu, 'select(exp(a) - 1.0, a, a >= 0.0)'),
  passing(Exp, 'exp(a)'),
  passing(Expm1, 'exp(a) - 1.0'),
  passing(Log, logarithm('a')),
  passing(Log1p, logarithm('(1.0 + a)')),
  passing(Relu6, 'clamp(a, 0.0, 6.0)'),
  passing(Selu, `select(${SELU_SCALEALPHA} * (exp(a) - 1.0), ${SELU_SCALE} * a, a >= 0.0)`),
  passing(Softplus, 'max(a, 0.0) + log(1.0 + exp(-abs(a)))'),
];

/** WGSL lets a driver assume that there is no NaN. The stock kernels then turn NaN into numbers. */
function passing(kernelName: string, value: string): Correction {
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
