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

/** Runs the cpu backend's kernel on wasm's tensors. */
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

/** A kernel may write values as of one type and declare another, as the places of a maximum. Where values are bytes of a type, that makes others of them. */
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

/** As much of the cpu backend as its kernels use, over wasm's memory: values are read as copies, results copied in. */
function asCpu(backend: BackendWasm): object {
  const valuesOf = ({ dataId }: Pick<TensorInfo, 'dataId'>) => backend.readSync(dataId) as TypedArray;
  // The cpu backend's kernels take floats for whole numbers now and then, and no harm comes of it there.
  const write = (values: TypedArray, shape: number[], dtype: DataType) =>
    backend.write(typedArray(values, dtype), shape, dtype);
  const makeTensorInfo = (shape: number[], dtype: DataType, values: TypedArray) => ({
    dataId: write(values, shape, dtype),
    shape,
    dtype,
  });
  const disposeData = (dataId: object) => backend.disposeData(dataId);
  return {
    // Of a block in which matrices are multiplied.
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
