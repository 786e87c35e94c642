import { stridedSlice } from '@tensorflow/tfjs-core';
import type { Correction } from './correction.ts';

/**
 * The gradient of the filter of a convolution of 1x1 with strides, as in the shortcuts of residual networks. There oneDNN, in
 * TensorFlow 2.12 on the CPU, writes beyond its buffers, which ends the process some steps later. Without the pixels that the
 * strides leave out, which play no part, the strides are 1.
 */
export const pointwise: Correction = (call, stock) => {
  const { strides, filterShape, dataFormat } = call.attrs;
  const [height, width] = filterShape!;
  const [down, across] = typeof strides === 'number' ? [strides, strides] : strides;
  if (height !== 1 || width !== 1 || (down === 1 && across === 1)) return stock(call);
  const x = call.inputs.x!;
  const steps = dataFormat === 'NCHW' ? [1, 1, down, across] : [1, down, across, 1];
  const seen = stridedSlice(x, [0, 0, 0, 0], x.shape, steps);
  return stock({ ...call, inputs: { ...call.inputs, x: seen }, attrs: { ...call.attrs, strides: 1 } });
};
