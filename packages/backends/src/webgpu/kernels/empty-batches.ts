import { backend_util, Conv2D, FusedConv2D } from '@tensorflow/tfjs-core';
import { corrections, filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  readonly dilations: number | [number, number];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape = [number, number, number, number];

/** For a batch without images, the stock kernels multiply matrices whose sizes do not fit. */
export const emptyBatches: readonly Correction[] = corrections<Attributes>(
  [Conv2D, FusedConv2D],
  (stock) => (call) => {
    const { x, filter } = call.inputs;
    if (x!.shape[0] !== 0) return stock(call);
    const { strides, pad, dilations, dataFormat, dimRoundingMode } = call.attrs;
    const { outShape } = backend_util.computeConv2DInfo(
      x!.shape as Shape,
      filter!.shape as Shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    );
    return filled(outShape, 'float32', 0, call.backend);
  },
);
