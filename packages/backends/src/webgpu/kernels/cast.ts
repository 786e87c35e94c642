import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { Cast, type DataType } from '@tensorflow/tfjs-core';
import { corrections } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';
import { elementwise } from './program.ts';

/**
 * The stock kernel declares integers as floats and leaves their bits as they are. Its own programs know the
 * true type. Programs that read a buffer themselves, such as the passes over rows, would read integers as
 * tiny floats.
 */
export const cast: readonly Correction[] = corrections<{ readonly dtype: DataType }>(
  [Cast],
  (stock) => (call) => {
    const x = call.inputs.x!;
    const backend = call.backend as WebGPUBackend;
    if (
      call.attrs.dtype !== 'float32' ||
      backend.tensorMap.get(x.dataId).dtype === 'float32' ||
      x.dtype === 'complex64'
    )
      return stock(call);
    const program = elementwise('floats', x.shape, ['x'], 'result[index] = f32(x[index]);');
    return backend.runWebGPUProgram(program, [x], 'float32');
  },
);
