import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  buffer,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  type DataType,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  GatherV2,
  getKernel,
  MaxPool3D,
  MaxPool3DGrad,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  type TypedArray,
} from '@tensorflow/tfjs-core';
import { type Mending, mending } from '../kernel.ts';

const always = (): boolean => true;

/**
 * Kernels that the stock wasm backend computes wrongly, and that are too rare to be written anew: the cpu backend's are
 * run on wasm's tensors. Slow, and right.
 */
export const borrowed: readonly Mending[] = [
  // Agree with finite differences on the cpu backend, and not on wasm.
  borrow(Conv3DBackpropFilterV2, always),
  borrow(Conv3DBackpropInputV2, always),
  borrow(Dilation2D, always),
  borrow(Dilation2DBackpropFilter, always),
  borrow(Dilation2DBackpropInput, always),
  // The stock kernels take a window's maximum to be above zero.
  borrow(MaxPool3D, always),
  borrow(MaxPool3DGrad, always),
  // With batch dimensions, the stock kernel gathers from the wrong rows.
  borrow(GatherV2, (attrs) => attrs.batchDims !== 0),
];

function borrow(kernelName: string, isWrong: (attrs: NamedAttrMap) => boolean): Mending {
  return mending<NamedTensorInfoMap, NamedAttrMap>(kernelName, (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    if (!isWrong(attrs)) return stock(call);
    const lender = getKernel(kernelName, 'cpu');
    if (lender === undefined)
      throw new Error(
        `${kernelName} on the wasm backend needs the cpu backend's kernel. Import '@tensorflow/tfjs' first.`,
      );
    return lender.kernelFunc({ inputs, attrs, backend: asCpu(backend) }) as TensorInfo;
  });
}

/** As much of the cpu backend as its kernels use, over wasm's memory: values are read as copies, results copied in. */
function asCpu(backend: BackendWasm): object {
  const valuesOf = ({ dataId }: Pick<TensorInfo, 'dataId'>) => backend.readSync(dataId) as TypedArray;
  return {
    data: { get: (dataId: object) => ({ values: valuesOf({ dataId }) }) },
    readSync: (dataId: object) => valuesOf({ dataId }),
    bufferSync: (tensor: TensorInfo) => buffer(tensor.shape as [], tensor.dtype, valuesOf(tensor) as never),
    makeTensorInfo: (shape: number[], dtype: DataType, values: TypedArray) =>
      backend.makeOutput(shape, dtype, undefined, values),
    write: (values: TypedArray, shape: number[], dtype: DataType) => backend.write(values, shape, dtype),
    incRef: (dataId: object) => backend.incRef(dataId),
    disposeIntermediateTensorInfo: (tensor: TensorInfo) => backend.disposeData(tensor.dataId),
  };
}
