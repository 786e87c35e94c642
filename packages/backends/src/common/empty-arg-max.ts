import { ArgMax, ArgMin, backend_util, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, filled } from './kernel.ts';

/**
 * A tensor without elements has no largest element. The stock kernels answer with the first index, divide by
 * zero, or fail.
 */
export const emptyArgMax: readonly Correction[] = corrections<{ readonly axis: number }>(
  [ArgMax, ArgMin],
  (stock, kernelName) => (call) => {
    const { shape } = call.inputs.x!;
    if (!shape.includes(0)) return stock(call);
    const axes = util.parseAxisParam(call.attrs.axis, shape);
    const [places] = backend_util.computeOutAndReduceShapes(shape, axes);
    if (places.includes(0)) return filled(places, 'int32', 0, call.backend);
    throw new Error(
      `${kernelName} along axis ${axes[0]} of a tensor of shape [${shape}]: among no elements there is none to find. Leave such tensors out.`,
    );
  },
);
