import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BitwiseAnd } from '@tensorflow/tfjs-core';
import { corrections } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';
import { elementwise } from './program.ts';

/** For two int32 tensors of one shape. The stock backend has no such kernel. */
export const bitwiseAnd: readonly Correction[] = corrections<object>([BitwiseAnd], () => (call) => {
  const a = call.inputs.a!;
  const program = elementwise('and', a.shape, ['a', 'b'], 'result[index] = a[index] & b[index];');
  return (call.backend as WebGPUBackend).runWebGPUProgram(program, [a, call.inputs.b!], 'int32');
});
