import { backend_util, MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Correction, correction, floatsOf } from '../kernel.ts';
import { functionsOf } from '../modules/functions.ts';
import { addressOf } from '../modules/heap.ts';

interface Inputs {
  /** [batch, outHeight, outWidth, channels] */
  readonly dy: TensorInfo;
  /** [batch, height, width, channels] */
  readonly input: TensorInfo;
}

interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The gradient of each window goes to its largest element, or to the first of several equal ones. The stock
 * kernel looks for an element above zero, and loses the gradient of a window without one.
 */
export const maxPoolGrad: Correction = correction<Inputs, Attributes>(MaxPoolGrad, () => (call) => {
  const { inputs, attrs, backend } = call;
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = inputs.input.shape as [number, number, number, number];
  const pool = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const output = backend.makeOutput(shape, 'float32');
  floatsOf(output, backend).fill(0);
  const x = addressOf(backend, inputs.input);
  const dy = addressOf(backend, inputs.dy);
  const dx = addressOf(backend, output);
  const functions = functionsOf(backend);
  const { inHeight, inWidth, outHeight, outWidth, inChannels } = pool;
  const pixel = 4 * inChannels;
  let upstream = dy;
  for (let image = 0; image < pool.batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * pool.strideHeight - pool.padInfo.top;
      const firstRow = Math.max(0, top);
      const rows = Math.min(inHeight, top + pool.filterHeight) - firstRow;
      for (let outColumn = 0; outColumn < outWidth; outColumn++, upstream += pixel) {
        const left = outColumn * pool.strideWidth - pool.padInfo.left;
        const firstColumn = Math.max(0, left);
        const columns = Math.min(inWidth, left + pool.filterWidth) - firstColumn;
        if (rows <= 0 || columns <= 0) continue; // the window covers padding only
        const at = ((image * inHeight + firstRow) * inWidth + firstColumn) * pixel;
        functions.addToLargest(x + at, dx + at, upstream, inWidth * pixel, pixel, rows, columns, inChannels);
      }
    }
  }
  return output;
});
