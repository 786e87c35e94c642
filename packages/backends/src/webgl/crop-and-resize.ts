import { CropAndResize, GatherV2 } from '@tensorflow/tfjs-core';
import { corrections, run } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';

/** The stock kernel cuts box i out of image i. This correction gives each box the image that it names. */
export const cropAndResize: readonly Correction[] = corrections<object>(
  [CropAndResize],
  (stock, _kernelName, backendName) => (call) => {
    const { image, boxes, boxInd } = call.inputs;
    const { backend } = call;
    const attrs = { axis: 0, batchDims: 0 };
    const images = run(GatherV2, { x: image!, indices: boxInd! }, attrs, backendName, backend);
    const { shape } = boxInd!;
    const numbers = Int32Array.from({ length: shape[0]! }, (_, box) => box);
    const own = { dataId: backend.write(numbers, shape, 'int32'), shape, dtype: 'int32' as const };
    try {
      return stock({ ...call, inputs: { image: images, boxes: boxes!, boxInd: own } });
    } finally {
      for (const { dataId } of [images, own]) backend.disposeData(dataId);
    }
  },
);
