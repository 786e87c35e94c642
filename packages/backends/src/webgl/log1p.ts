import { Add, Log, Log1p } from '@tensorflow/tfjs-core';
import { corrections, filled, run } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';

/**
 * Below −1, the stock kernel leaves it to the driver whether the result is NaN. The kernel of the logarithm
 * checks its input.
 */
export const log1p: readonly Correction[] = corrections<object>(
  [Log1p],
  (stock, _kernelName, backendName) => (call) => {
    const x = call.inputs.x!;
    const { backend } = call;
    if (x.dtype !== 'float32') return stock(call);
    const one = filled([], 'float32', 1, backend);
    const sum = run(Add, { a: x, b: one }, {}, backendName, backend);
    const result = run(Log, { x: sum }, {}, backendName, backend);
    for (const { dataId } of [one, sum]) backend.disposeData(dataId);
    return result;
  },
);
