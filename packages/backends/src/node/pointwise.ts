import { stridedSlice } from '@tensorflow/tfjs-core';
import type { Correction } from './correction.ts';

/**
 * The gradient of the filter of a 1x1 convolution with strides, as in the shortcuts of residual networks. In
 * TensorFlow 2.12 on the CPU, oneDNN writes beyond its buffers there, which ends the process some steps
 * later. This correction first removes the pixels that the strides skip. They have no effect, and without
 * them the strides are 1.
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
