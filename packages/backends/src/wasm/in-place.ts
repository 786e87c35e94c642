import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The stock backend's record of a tensor, which its types do not declare. */
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
 * Call this before a tensor's elements are overwritten. Some stock kernels (depthwise convolution, PReLU)
 * keep packed copies of their weights under the data's number in WebAssembly. This gives the data a new
 * number and frees whatever was kept under the old one.
 */
export function renumber({ dataId }: Pick<TensorInfo, 'dataId'>, backend: BackendWasm): void {
  const bookkeeping = backend as unknown as Bookkeeping;
  const data = bookkeeping.dataIdMap.get(dataId);
  const { tfjs } = bookkeeping.wasm;
  tfjs.disposeData(data.id);
  data.id = bookkeeping.dataIdNextNumber++;
  tfjs.registerTensor(data.id, util.sizeFromShape(data.shape), data.memoryOffset);
}
