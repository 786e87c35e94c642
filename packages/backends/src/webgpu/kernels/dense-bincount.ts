import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { DenseBincount, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { corrections, filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';
import { elementwise } from './program.ts';

interface Attributes {
  readonly size: number;
  readonly binaryOutput: boolean;
}

/**
 * Each bin collects its own elements. In the stock kernel many threads write to one place. It also does not
 * compile for `binaryOutput`, and loses the weights of all rows but one.
 */
export const denseBincount: readonly Correction[] = corrections<Attributes>([DenseBincount], () => (call) => {
  const { x, weights } = call.inputs as { readonly x: TensorInfo; readonly weights: TensorInfo };
  const { size, binaryOutput } = call.attrs;
  const backend = call.backend as WebGPUBackend;
  const count = x.shape.at(-1)!;
  const shape = [...x.shape.slice(0, -1), size];
  if (util.sizeFromShape(x.shape) === 0) return filled(shape, weights.dtype, 0, backend);
  const weighted = util.sizeFromShape(weights.shape) > 0 && !binaryOutput;
  const added = weighted ? 'weights[at]' : '1.0';
  const code = `
    let first = index / uniforms.bins * uniforms.count;
    let bin = index % uniforms.bins;
    var sum = 0.0;
    for (var at = first; at < first + uniforms.count; at++) {
      if (x[at] == bin) { sum = ${binaryOutput ? '1.0' : `sum + ${added}`}; }
    }
    result[index] = sum;`;
  const inputs = weighted ? [x, weights] : [x];
  const program = {
    ...elementwise(`bincount_${binaryOutput}_${weighted}`, shape, weighted ? ['x', 'weights'] : ['x'], code),
    uniforms: 'count : i32, bins : i32,',
  };
  return backend.runWebGPUProgram(program, inputs, 'float32', [
    { type: 'int32', data: [count] },
    { type: 'int32', data: [size] },
  ]);
});
