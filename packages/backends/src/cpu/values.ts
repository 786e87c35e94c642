import type { DataType, KernelBackend, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

/** The elements of a tensor on the cpu backend. */
export function valuesOf({ dataId }: TensorInfo, backend: KernelBackend): TypedArray {
  return backend.readSync(dataId) as TypedArray;
}

export function makeTensor(
  values: TypedArray,
  shape: number[],
  dtype: DataType,
  backend: KernelBackend,
): TensorInfo {
  return { dataId: backend.write(values, shape, dtype), shape, dtype };
}
