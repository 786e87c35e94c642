import { Conv2D, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, geometryOf } from '../convolution.ts';
import { type Correction, correction } from '../kernel.ts';
import { addressOf } from '../modules/heap.ts';
import { multiply, packed } from '../multiply.ts';
import { forEachBlock, gatherPatches, isPointwise, patchSize } from '../patches.ts';

interface Inputs {
  /** [batch, height, width, inChannels] */
  readonly x: TensorInfo;
  /** [height, width, inChannels, outChannels] */
  readonly filter: TensorInfo;
}

/**
 * y = patches · filter. The stock kernel takes twice as long. With padding 'same' and a stride larger than
 * the filter, it reads wrong elements.
 */
export const conv2d: Correction = correction<Inputs, ConvolutionAttributes>(Conv2D, () => (call) => {
  const { inputs, attrs, backend } = call;
  const geometry = geometryOf(Conv2D, inputs.x.shape, inputs.filter.shape, attrs, false);
  const { batch, height, width, outChannels } = geometry;
  const output = backend.makeOutput([batch, height.output, width.output, outChannels], 'float32');
  if (util.sizeFromShape(output.shape) === 0) return output;
  const inner = patchSize(geometry);
  const x = addressOf(backend, inputs.x);
  const w = addressOf(backend, inputs.filter);
  const y = addressOf(backend, output);
  const filter = packed(w, outChannels);
  if (isPointwise(geometry)) {
    const rows = batch * height.output * width.output;
    multiply(packed(x, inner), filter, y, { rows, inner, columns: outChannels }, backend);
    return output;
  }
  forEachBlock(geometry, backend, (block, patches) => {
    gatherPatches(x, patches, block, geometry, backend);
    const to = y + 4 * block.first * outChannels;
    multiply(
      packed(patches, inner),
      filter,
      to,
      { rows: block.positions, inner, columns: outChannels },
      backend,
    );
  });
  return output;
});
