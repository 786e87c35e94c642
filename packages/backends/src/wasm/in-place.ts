import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';

/** What the stock backend keeps of a tensor and does not declare. */
interface Bookkeeping {
  readonly dataIdMap: {
    get(dataId: object): { id: number; readonly memoryOffset: number; readonly shape: number[] };
  };
  readonly wasm: {
    readonly tfjs: {
      disposeData(id: number): void;
      registerTensor(id: number, size: number, address: number): void;
    };
  };
  dataIdNextNumber: number;
}

/**
 * To be called before a tensor's elements are overwritten. Stock kernels (depthwise convolution, PReLU) keep packed copies of what they multiply by, under
 * the number that the data have in WebAssembly. The data get a new number, as new data would, and what was kept under the old one is let go.
 */
export function renumber({ dataId }: Pick<TensorInfo, 'dataId'>, backend: BackendWasm): void {
  const bookkeeping = backend as unknown as Bookkeeping;
  const data = bookkeeping.dataIdMap.get(dataId);
  const { tfjs } = bookkeeping.wasm;
  tfjs.disposeData(data.id);
  data.id = bookkeeping.dataIdNextNumber++;
  tfjs.registerTensor(data.id, util.sizeFromShape(data.shape), data.memoryOffset);
}
