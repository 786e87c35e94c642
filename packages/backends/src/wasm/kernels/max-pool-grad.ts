import { backend_util, MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { floatsOf, type Mending, mending } from '../kernel.ts';

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
 * Each window's gradient goes to its largest element, to the first of equal ones. The stock kernel looks for an element
 * above zero and loses the gradient of a window that has none. In plain JavaScript: no kernel of the backend gives
 * the position of a window's maximum.
 */
export const maxPoolGrad: Mending = mending<Inputs, Attributes>(MaxPoolGrad, () => (call) => {
  const { inputs, attrs, backend } = call;
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = inputs.input.shape as [number, number, number, number];
  const pool = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const output = backend.makeOutput(shape, 'float32');
  const dx = floatsOf(output, backend);
  dx.fill(0);
  scatterToMaxima(floatsOf(inputs.input, backend), floatsOf(inputs.dy, backend), dx, pool);
  return output;
});

function scatterToMaxima(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  pool: backend_util.Conv2DInfo,
): void {
  const { inHeight, inWidth, outHeight, outWidth, inChannels, filterHeight, filterWidth } = pool;
  let position = 0;
  for (let image = 0; image < pool.batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * pool.strideHeight - pool.padInfo.top;
      const firstRow = Math.max(0, top);
      const endRow = Math.min(inHeight, top + filterHeight);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * pool.strideWidth - pool.padInfo.left;
        const firstColumn = Math.max(0, left);
        const endColumn = Math.min(inWidth, left + filterWidth);
        for (let channel = 0; channel < inChannels; channel++) {
          let largest = 0;
          let index = -1; // a window of padding has none
          for (let row = firstRow; row < endRow; row++) {
            let at = ((image * inHeight + row) * inWidth + firstColumn) * inChannels + channel;
            for (let column = firstColumn; column < endColumn; column++) {
              if (index < 0 || x[at]! > largest) {
                largest = x[at]!;
                index = at;
              }
              at += inChannels;
            }
          }
          if (index >= 0) dx[index]! += dy[position]!;
          position++;
        }
      }
    }
  }
}
