import { type DataType, OneHot, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Correction, correction } from '../kernel.ts';

interface Attributes {
  readonly dtype: DataType;
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
}

/**
 * The stock kernel writes integers, whatever the type is. Read as float32, their bits are almost zero, so a
 * loss made of them is wrong in silence.
 */
export const oneHot: Correction = correction<{ readonly indices: TensorInfo }, Attributes>(
  OneHot,
  () =>
    ({ inputs, attrs, backend }) => {
      const { indices } = inputs;
      const { dtype, depth, onValue, offValue } = attrs;
      const output = backend.makeOutput([...indices.shape, depth], dtype);
      const values = backend.typedArrayFromHeap(output).fill(offValue);
      backend.typedArrayFromHeap(indices).forEach((index, row) => {
        // An index out of range gives a row without a one.
        if (index >= 0 && index < depth) values[row * depth + index] = onValue;
      });
      return output;
    },
);
