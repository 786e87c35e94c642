import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  buffer,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  type DataType,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  getKernel,
  MaxPool3D,
  MaxPool3DGrad,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  type TypedArray,
} from '@tensorflow/tfjs-core';
import { type Mending, mending } from '../kernel.ts';

/**
 * Kernels that the stock wasm backend computes wrongly, and that are too rare to be written anew: the cpu backend's are
 * run on wasm's tensors. Slow, and right.
 */
export const borrowed: readonly Mending[] = [
  // Agree with finite differences on the cpu backend, and not on wasm.
  borrow(Conv3DBackpropFilterV2),
  borrow(Conv3DBackpropInputV2),
  borrow(Dilation2D),
  borrow(Dilation2DBackpropFilter),
  borrow(Dilation2DBackpropInput),
  // The stock kernels take a window's maximum to be above zero.
  borrow(MaxPool3D),
  borrow(MaxPool3DGrad),
];

function borrow(kernelName: string): Mending {
  return mending<NamedTensorInfoMap, NamedAttrMap>(kernelName, () => ({ inputs, attrs, backend }) => {
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
