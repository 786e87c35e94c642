import { AvgPool3DGrad, AvgPoolGrad, backend_util, Multiply } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, run } from './kernel.ts';

interface Attributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** One axis of a window. */
interface Axis {
  readonly input: number;
  readonly output: number;
  readonly filter: number;
  readonly stride: number;
  readonly before: number;
}

/**
 * An average is taken over the pixels of the window that belong to the image. The stock gradients divide by
 * all pixels of the window, padding included. This correction first multiplies the upstream gradient by the
 * ratio of the two counts.
 */
export const avgPoolGrad: readonly Correction[] = corrections<Attributes>(
  [AvgPoolGrad, AvgPool3DGrad],
  (stock, kernelName, backendName) => (call) => {
    const { inputs, attrs, backend } = call;
    const axes = axesOf(kernelName, inputs.input!.shape, attrs);
    const ratios = axes.map((axis) => ratiosOf(axis));
    if (ratios.flat().every((ratio) => ratio === 1)) return stock(call);
    const values = ratios.reduce((all, ratios) => all.flatMap((a) => ratios.map((b) => a * b)), [1]);
    const shape = [1, ...axes.map(({ output }) => output), 1];
    const b = {
      dataId: backend.write(Float32Array.from(values), shape, 'float32'),
      shape,
      dtype: 'float32' as const,
    };
    const dy = run(Multiply, { a: inputs.dy!, b }, {}, backendName, backend);
    try {
      return stock({ ...call, inputs: { ...inputs, dy } });
    } finally {
      backend.disposeData(b.dataId);
      backend.disposeData(dy.dataId);
    }
  },
);

function axesOf(kernelName: string, shape: readonly number[], attrs: Attributes): Axis[] {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  if (kernelName === AvgPoolGrad) {
    const pool = backend_util.computePool2DInfo(
      shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return planeOf(pool);
  }
  const pool = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad as 'same',
    dimRoundingMode,
  );
  return [
    {
      input: pool.inDepth,
      output: pool.outDepth,
      filter: pool.filterDepth,
      stride: pool.strideDepth,
      before: pool.padInfo.front,
    },
    ...planeOf(pool),
  ];
}

/** The axes that a picture and a volume share. */
function planeOf(pool: backend_util.Conv2DInfo | backend_util.Conv3DInfo): Axis[] {
  return [
    {
      input: pool.inHeight,
      output: pool.outHeight,
      filter: pool.filterHeight,
      stride: pool.strideHeight,
      before: pool.padInfo.top,
    },
    {
      input: pool.inWidth,
      output: pool.outWidth,
      filter: pool.filterWidth,
      stride: pool.strideWidth,
      before: pool.padInfo.left,
    },
  ];
}

/** For each position: the length of the window, divided by the length of its part inside the image. */
function ratiosOf({ input, output, filter, stride, before }: Axis): number[] {
  return Array.from({ length: output }, (_, place) => {
    const first = place * stride - before;
    const inside = Math.min(input, first + filter) - Math.max(0, first);
    return inside > 0 ? filter / inside : 1;
  });
}
