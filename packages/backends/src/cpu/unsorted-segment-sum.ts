import { UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';
import { corrections } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';
import { makeTensor, valuesOf } from './values.ts';

/** Row by row. The stock kernel goes through all rows for each segment, and answers with floats whatever it adds up. */
export const unsortedSegmentSum: readonly Correction[] = corrections<{ readonly numSegments: number }>(
  [UnsortedSegmentSum],
  () =>
    ({ inputs, attrs, backend }) => {
      const x = inputs.x!;
      const values = valuesOf(x, backend);
      const shape = [attrs.numSegments, ...x.shape.slice(1)];
      const row = util.sizeFromShape(x.shape.slice(1));
      const sums = new Float64Array(attrs.numSegments * row);
      valuesOf(inputs.segmentIds!, backend).forEach((id, index) => {
        // One that is out of range has no place.
        if (id < 0 || id >= attrs.numSegments) return;
        for (let i = 0; i < row; i++) sums[id * row + i]! += values[index * row + i]!;
      });
      const rounded = util.getTypedArrayFromDType(x.dtype as 'float32', sums.length);
      rounded.set(sums);
      return makeTensor(rounded, shape, x.dtype, backend);
    },
);
