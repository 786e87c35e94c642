import { Conv2DBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, geometryOf } from '../convolution.ts';
import { type Correction, correction, floatsOf } from '../kernel.ts';
import { addressOf } from '../modules/heap.ts';
import { multiply, packed, transposed } from '../multiply.ts';
import { forEachBlock, gatherPatches, isPointwise, patchSize } from '../patches.ts';

interface Inputs {
  /** [batch, height, width, inChannels] */
  readonly x: TensorInfo;
  /** [batch, outHeight, outWidth, outChannels] */
  readonly dy: TensorInfo;
}

interface Attributes extends ConvolutionAttributes {
  readonly filterShape: [number, number, number, number];
}

/** dw = patchesᵀ · dy. The stock backend has no such kernel. */
export const conv2dBackpropFilter: Correction = correction<Inputs, Attributes>(
  Conv2DBackpropFilter,
  () => (call) => {
    const { inputs, attrs, backend } = call;
    const geometry = geometryOf(Conv2DBackpropFilter, inputs.x.shape, attrs.filterShape, attrs, false);
    const { batch, height, width, outChannels } = geometry;
    const output = backend.makeOutput(attrs.filterShape, 'float32');
    floatsOf(output, backend).fill(0);
    const rows = patchSize(geometry);
    const x = addressOf(backend, inputs.x);
    const dy = addressOf(backend, inputs.dy);
    const dw = addressOf(backend, output);
    const add = (patches: number, first: number, positions: number): void =>
      multiply(
        transposed(packed(patches, rows)),
        packed(dy + 4 * first * outChannels, outChannels),
        dw,
        { rows, inner: positions, columns: outChannels },
        backend,
        true,
      );
    if (isPointwise(geometry)) add(x, 0, batch * height.output * width.output);
    else
      forEachBlock(geometry, backend, (block, patches) => {
        gatherPatches(x, patches, block, geometry, backend);
        add(patches, block.first, block.positions);
      });
    return output;
  },
);
