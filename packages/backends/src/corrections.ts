import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** A kernel that a stock backend lacks, computes wrongly, or computes slowly. */
export interface Correction {
  readonly kernelName: string;
  /** `stock` is the kernel that is replaced. If the backend has none, calling `stock` throws. */
  readonly create: (stock: KernelFunc, backendName: string) => KernelFunc;
}

/** The corrections that made a kernel. The last one is the outermost. */
const corrected = new WeakMap<KernelFunc, readonly Correction[]>();

/**
 * Replaces kernels of a backend. Its stock kernels must be registered already. Calling it twice changes
 * nothing.
 */
export function correctKernels(backendName: string, corrections: readonly Correction[]): void {
  for (const correction of corrections) {
    const { kernelName, create } = correction;
    const stock = getKernel(kernelName, backendName);
    const before = (stock && corrected.get(stock.kernelFunc)) ?? [];
    if (before.includes(correction)) continue;
    const kernelFunc = create(stock?.kernelFunc ?? missing(kernelName, backendName), backendName);
    corrected.set(kernelFunc, [...before, correction]);
    if (stock !== undefined) unregisterKernel(kernelName, backendName);
    // The stock kernel's `setupFunc` is kept: wasm binds its function there. It runs when the backend starts,
    // which is either still to come or already done.
    registerKernel({ ...stock, kernelName, backendName, kernelFunc });
  }
}

/** Does the same for those kernels that the backend has. */
export function correctPresentKernels(backendName: string, corrections: readonly Correction[]): void {
  correctKernels(
    backendName,
    corrections.filter(({ kernelName }) => getKernel(kernelName, backendName) !== undefined),
  );
}

/** Marks a kernel that was corrected in another way. */
export function noteCorrected(kernelFunc: KernelFunc): void {
  corrected.set(kernelFunc, []);
}

/** Whether a kernel is one of ours, or a stock kernel behind a correction of ours. */
export function isCorrected(kernelName: string, backendName: string): boolean {
  const kernel = getKernel(kernelName, backendName);
  return kernel !== undefined && corrected.has(kernel.kernelFunc);
}

function missing(kernelName: string, backendName: string): KernelFunc {
  return () => {
    throw new Error(
      `The ${backendName} backend has no kernel '${kernelName}' to fall back on. ` +
        `Import '@tensorflow/tfjs-backend-${backendName}' in the version that @scalpel/backends depends on.`,
    );
  };
}
