import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getKernel, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';

/** The arguments that TensorFlow.js gives a kernel. The caller keeps the inputs and owns the output. */
interface Call<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

type Kernel<Inputs, Attributes, Output> = (call: Call<Inputs, Attributes>) => Output;

export type { Correction };

/** Gives a kernel its types. The registry of TensorFlow.js only knows maps of names. */
export function correction<Inputs, Attributes, Output = TensorInfo>(
  kernelName: string,
  create: (stock: Kernel<Inputs, Attributes, Output>) => Kernel<Inputs, Attributes, Output>,
): Correction {
  return { kernelName, create: create as unknown as Correction['create'] };
}

/** Runs a registered wasm kernel. The result is freed when the surrounding `scoped` ends. */
export type Run = (
  kernelName: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs?: object,
) => TensorInfo;

/**
 * Builds a kernel from other kernels. At the end, or after an error, it frees all results of `run` except the
 * data of the tensor that `body` returns. It works below the engine, so no tape and no tidy sees the
 * intermediate results.
 */
export function scoped(backend: BackendWasm, body: (run: Run) => TensorInfo): TensorInfo {
  const made: TensorInfo['dataId'][] = [];
  let result: TensorInfo | undefined;
  try {
    result = body((kernelName, inputs, attrs = {}) => {
      const { kernelFunc } = getKernel(kernelName, 'wasm');
      const output = kernelFunc({
        inputs: inputs as NamedTensorInfoMap,
        attrs: attrs as Record<string, never>,
        backend,
      }) as TensorInfo;
      made.push(output.dataId);
      return output;
    });
    return result;
  } finally {
    // A kernel may return its input's data with one more reference. Each is freed as often as it was made.
    const kept = result === undefined ? -1 : made.indexOf(result.dataId);
    made.forEach((dataId, index) => {
      if (index !== kept) backend.disposeData(dataId);
    });
  }
}

/** The same elements with another shape. It takes no reference, so it is valid as long as `tensor` is. */
export function viewed(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape: [...shape] };
}

/**
 * The elements of a float32 tensor, in place in WebAssembly memory. Take this view after the last allocation:
 * if the memory grows, every older view is detached.
 */
export function floatsOf(tensor: TensorInfo, backend: BackendWasm): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}
