import {
  findBackendFactory,
  getKernelsForBackend,
  type KernelBackend,
  type KernelFunc,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { startCpu } from '../../cpu.ts';

/** The function of a kernel with one output. */
export type Kernel = (call: Parameters<KernelFunc>[0]) => TensorInfo;

/** Makes a faulty kernel from a right one. Null leaves the kernel out. */
export type Breaks = Readonly<Record<string, ((right: Kernel) => Kernel) | null>>;

const NAME = 'broken';

/**
 * Kernels that are left out: the cpu backend computes them wrongly, and corrected gradients avoid them on the
 * backend named 'cpu' only.
 */
const LEFT_OUT = { ResizeNearestNeighborGrad: null, ResizeBilinearGrad: null };

/**
 * Makes a backend current that equals the cpu backend except for these kernels. The caller must call the
 * returned function to remove it.
 */
export async function startBroken(breaks: Breaks): Promise<() => Promise<void>> {
  await startCpu();
  registerBackend(NAME, findBackendFactory('cpu')!);
  const all: Breaks = { ...LEFT_OUT, ...breaks };
  const kernels = getKernelsForBackend('cpu').filter(({ kernelName }) => all[kernelName] !== null);
  for (const kernel of kernels) {
    const broken = all[kernel.kernelName];
    const kernelFunc = broken ? (broken(kernel.kernelFunc as Kernel) as KernelFunc) : kernel.kernelFunc;
    registerKernel({ ...kernel, backendName: NAME, kernelFunc });
  }
  await setBackend(NAME);
  return async () => {
    await startCpu();
    for (const { kernelName } of kernels) unregisterKernel(kernelName, NAME);
    removeBackend(NAME);
  };
}

/** The elements of a tensor of the broken backend, to be changed in place. */
export function elements(backend: unknown, { dataId }: TensorInfo): Float32Array {
  return (backend as KernelBackend).readSync(dataId) as Float32Array;
}
