import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getKernel, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';

/** What TensorFlow.js gives a kernel. Inputs stay the caller's; the output belongs to whoever asked for it. */
interface Call<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

type Kernel<Inputs, Attributes, Output> = (call: Call<Inputs, Attributes>) => Output;

export type { Correction };

/** Gives a kernel its types: TensorFlow.js's registry knows only maps of names. */
export function correction<Inputs, Attributes, Output = TensorInfo>(
  kernelName: string,
  create: (stock: Kernel<Inputs, Attributes, Output>) => Kernel<Inputs, Attributes, Output>,
): Correction {
  return { kernelName, create: create as unknown as Correction['create'] };
}

/** Runs a registered wasm kernel. What it returns is freed when the surrounding `scoped` ends. */
export type Run = (
  kernelName: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs?: object,
) => TensorInfo;

/**
 * Makes a kernel of kernels: all that `run` made is freed at the end, after an error too, except the data of the
 * tensor that `body` returns. It works below the engine, so no tape and no tidy sees the intermediates.
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
    // A kernel may answer with its input's data and one more reference to it: each is freed as often as it was made.
    const kept = result === undefined ? -1 : made.indexOf(result.dataId);
    made.forEach((dataId, index) => {
      if (index !== kept) backend.disposeData(dataId);
    });
  }
}

/** The same elements under another shape. Takes no reference: valid as long as `tensor` is. */
export function viewed(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape: [...shape] };
}

/**
 * A float32 tensor's elements where they lie in WebAssembly memory. Take it after the last allocation: when the memory
 * grows, every older view is detached.
 */
export function floatsOf(tensor: TensorInfo, backend: BackendWasm): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}
