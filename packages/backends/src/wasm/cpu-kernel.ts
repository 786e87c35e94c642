import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  buffer,
  type DataType,
  getKernel,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  type TypedArray,
  util,
} from '@tensorflow/tfjs-core';

interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: BackendWasm;
}

/** Runs a kernel of the cpu backend on tensors of the wasm backend. */
export function runCpuKernel(kernelName: string, { inputs, attrs, backend }: Call): TensorInfo {
  const kernel = getKernel(kernelName, 'cpu');
  if (kernel === undefined)
    throw new Error(
      `${kernelName} on the wasm backend needs the cpu backend's kernel for this input. Import '@tensorflow/tfjs' first.`,
    );
  const results = kernel.kernelFunc({ inputs, attrs, backend: asCpu(backend) });
  const typed = [results].flat().map((result) => asDeclared(result as TensorInfo, backend));
  return (Array.isArray(results) ? typed : typed[0]) as TensorInfo;
}

/**
 * Makes the values of the type that the result declares. Some kernels write values of one type and declare
 * another, such as the indices of a maximum. In wasm's memory the same bytes would then be other numbers.
 */
function asDeclared(result: TensorInfo, backend: BackendWasm): TensorInfo {
  const { dataId, dtype, shape } = result;
  const values = backend.readSync(dataId) as TypedArray;
  const declared = typedArray(values, dtype);
  if (declared.constructor === values.constructor) return result;
  backend.disposeData(dataId);
  return { dataId: backend.write(declared, shape, dtype), shape, dtype };
}

function typedArray(values: TypedArray, dtype: DataType): TypedArray {
  const typed = util.getTypedArrayFromDType(dtype as 'float32', values.length);
  typed.set(values);
  return typed;
}

/**
 * The part of the cpu backend that its kernels use, on top of wasm's memory. Values are read as copies, and
 * results are copied into the memory.
 */
function asCpu(backend: BackendWasm): object {
  const valuesOf = ({ dataId }: Pick<TensorInfo, 'dataId'>) => backend.readSync(dataId) as TypedArray;
  // Kernels of the cpu backend sometimes write floats as whole numbers. On the cpu backend that does no harm.
  const write = (values: TypedArray, shape: number[], dtype: DataType) =>
    backend.write(typedArray(values, dtype), shape, dtype);
  const makeTensorInfo = (shape: number[], dtype: DataType, values: TypedArray) => ({
    dataId: write(values, shape, dtype),
    shape,
    dtype,
  });
  const disposeData = (dataId: object) => backend.disposeData(dataId);
  return {
    // The size of a block in matrix products.
    blockSize: 48,
    data: { get: (dataId: object) => ({ values: valuesOf({ dataId }) }) },
    readSync: (dataId: object) => valuesOf({ dataId }),
    bufferSync: (tensor: TensorInfo) => buffer(tensor.shape as [], tensor.dtype, valuesOf(tensor) as never),
    makeTensorInfo,
    makeOutput: (values: TypedArray, shape: number[], dtype: DataType) =>
      makeTensorInfo(shape, dtype, values),
    write,
    incRef: (dataId: object) => backend.incRef(dataId),
    disposeData,
    disposeIntermediateTensorInfo: ({ dataId }: TensorInfo) => disposeData(dataId),
  };
}
