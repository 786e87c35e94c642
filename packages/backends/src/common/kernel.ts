import {
  type DataType,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';

/** The arguments that TensorFlow.js gives a kernel, on any backend. */
interface Call<Attributes> {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: KernelBackend;
}

export type Kernel<Attributes> = (call: Call<Attributes>) => TensorInfo;

/** Makes the same correction for several kernels. */
export function corrections<Attributes>(
  kernelNames: readonly string[],
  create: (stock: Kernel<Attributes>, kernelName: string, backendName: string) => Kernel<Attributes>,
): Correction[] {
  return kernelNames.map((kernelName) => ({
    kernelName,
    create: (stock, backendName) =>
      create(stock as unknown as Kernel<Attributes>, kernelName, backendName) as unknown as KernelFunc,
  }));
}

/** A tensor whose elements all are `value`. */
export function filled(
  shape: readonly number[],
  dtype: DataType,
  value: number,
  backend: KernelBackend,
): TensorInfo {
  const values = util.getTypedArrayFromDType(dtype as 'float32', util.sizeFromShape([...shape])).fill(value);
  return { dataId: backend.write(values, [...shape], dtype), shape: [...shape], dtype };
}

/** Runs another kernel of the same backend. The caller must free the result. */
export function run(
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: object,
  backendName: string,
  backend: KernelBackend,
): TensorInfo {
  const { kernelFunc } = getKernel(kernelName, backendName);
  return kernelFunc({ inputs, attrs: attrs as Record<string, never>, backend }) as TensorInfo;
}
