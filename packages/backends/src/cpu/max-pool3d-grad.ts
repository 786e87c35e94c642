import { backend_util, MaxPool3DGrad, util } from '@tensorflow/tfjs-core';
import { corrections } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';
import { makeTensor, valuesOf } from './values.ts';

type Triple = [number, number, number];

interface Attributes {
  readonly filterSize: number | Triple;
  readonly strides: number | Triple;
  readonly pad: 'same' | 'valid' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradient of each window goes to its largest element, or to the first of several equal ones. The stock
 * kernel confuses the height and the width of the window.
 */
export const maxPool3DGrad: readonly Correction[] = corrections<Attributes>(
  [MaxPool3DGrad],
  () =>
    ({ inputs, attrs, backend }) => {
      const shape = inputs.input!.shape as [number, number, number, number, number];
      const { filterSize, strides, pad, dimRoundingMode } = attrs;
      const pool = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const x = valuesOf(inputs.input!, backend);
      const dy = valuesOf(inputs.dy!, backend);
      const dx = util.getTypedArrayFromDType('float32', x.length);
      const [, depth, height, width, channels] = shape;
      const ranges = (place: number, stride: number, before: number, filter: number, length: number) => {
        const first = place * stride - before;
        return [Math.max(0, first), Math.min(length, first + filter)] as const;
      };
      let upstream = 0;
      for (let image = 0; image < pool.batchSize; image++)
        for (let i = 0; i < pool.outDepth; i++) {
          const [front, back] = ranges(i, pool.strideDepth, pool.padInfo.front, pool.filterDepth, depth);
          for (let j = 0; j < pool.outHeight; j++) {
            const [top, bottom] = ranges(j, pool.strideHeight, pool.padInfo.top, pool.filterHeight, height);
            for (let k = 0; k < pool.outWidth; k++) {
              const [left, right] = ranges(k, pool.strideWidth, pool.padInfo.left, pool.filterWidth, width);
              for (let channel = 0; channel < channels; channel++, upstream++) {
                let largest = -1;
                for (let z = front; z < back; z++)
                  for (let row = top; row < bottom; row++)
                    for (let column = left; column < right; column++) {
                      const at = (((image * depth + z) * height + row) * width + column) * channels + channel;
                      if (largest < 0 || x[at]! > x[largest]!) largest = at;
                    }
                if (largest >= 0) dx[largest]! += dy[upstream]!;
              }
            }
          }
        }
      return makeTensor(dx, shape, 'float32', backend);
    },
);
