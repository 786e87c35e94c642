import { TensorScatterUpdate } from '@tensorflow/tfjs-core';
import { mendings } from '../every/kernel.ts';
import type { Mending } from '../mend.ts';
import { makeTensor, valuesOf } from './values.ts';

/** The stock kernel writes into its input. */
export const tensorScatterUpdate: readonly Mending[] = mendings<object>(
  [TensorScatterUpdate],
  (stock) => (call) => {
    const { backend, inputs } = call;
    const { dtype, shape } = inputs.tensor!;
    const copy = makeTensor(valuesOf(inputs.tensor!, backend).slice(), shape, dtype, backend);
    try {
      return stock({ ...call, inputs: { ...inputs, tensor: copy } });
    } finally {
      backend.disposeData(copy.dataId);
    }
  },
);
