import { TensorScatterUpdate } from '@tensorflow/tfjs-core';
import { corrections } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';
import { makeTensor, valuesOf } from './values.ts';

/** The stock kernel writes into its input. */
export const tensorScatterUpdate: readonly Correction[] = corrections<object>(
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
