import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BitwiseAnd } from '@tensorflow/tfjs-core';
import { mendings } from '../../every/kernel.ts';
import type { Mending } from '../../mend.ts';
import { elementwise } from './program.ts';

/** Of two int32 tensors of one shape. The stock backend has no such kernel. */
export const bitwiseAnd: readonly Mending[] = mendings<object>([BitwiseAnd], () => (call) => {
  const a = call.inputs.a!;
  const program = elementwise('and', a.shape, ['a', 'b'], 'result[index] = a[index] & b[index];');
  return (call.backend as WebGPUBackend).runWebGPUProgram(program, [a, call.inputs.b!], 'int32');
});
