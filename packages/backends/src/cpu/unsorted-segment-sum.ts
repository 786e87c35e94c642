import { UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';
import { corrections } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';
import { makeTensor, valuesOf } from './values.ts';

/**
 * Adds row by row. The stock kernel goes through all rows for each segment, and always answers with floats.
 */
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
        // A segment id that is out of range is left out.
        if (id < 0 || id >= attrs.numSegments) return;
        for (let i = 0; i < row; i++) sums[id * row + i]! += values[index * row + i]!;
      });
      const rounded = util.getTypedArrayFromDType(x.dtype as 'float32', sums.length);
      rounded.set(sums);
      return makeTensor(rounded, shape, x.dtype, backend);
    },
);
