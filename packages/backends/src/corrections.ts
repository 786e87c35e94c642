import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** A kernel that a stock backend lacks, or has but slow or wrong. */
export interface Correction {
  readonly kernelName: string;
  /** `stock` is the kernel that is replaced; where the backend has none, calling it throws. */
  readonly create: (stock: KernelFunc, backendName: string) => KernelFunc;
}

/** What a kernel was corrected by: the last one is outside. */
const corrected = new WeakMap<KernelFunc, readonly Correction[]>();

/** Puts kernels in the place of those of a backend, whose stock ones must be registered already. Doing it twice changes nothing. */
export function correctKernels(backendName: string, corrections: readonly Correction[]): void {
  for (const correction of corrections) {
    const { kernelName, create } = correction;
    const stock = getKernel(kernelName, backendName);
    const before = (stock && corrected.get(stock.kernelFunc)) ?? [];
    if (before.includes(correction)) continue;
    const kernelFunc = create(stock?.kernelFunc ?? missing(kernelName, backendName), backendName);
    corrected.set(kernelFunc, [...before, correction]);
    if (stock !== undefined) unregisterKernel(kernelName, backendName);
    // The stock kernel's set-up, which wasm binds its function in, runs when the backend starts: that is still to come, or done.
    registerKernel({ ...stock, kernelName, backendName, kernelFunc });
  }
}

/** The same for those kernels that the backend has. */
export function correctPresentKernels(backendName: string, corrections: readonly Correction[]): void {
  correctKernels(
    backendName,
    corrections.filter(({ kernelName }) => getKernel(kernelName, backendName) !== undefined),
  );
}

/** Of a kernel that is corrected in another way. */
export function noteCorrected(kernelFunc: KernelFunc): void {
  corrected.set(kernelFunc, []);
}

/** Whether a kernel is one of ours, or leads around what is wrong in the stock one. */
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
