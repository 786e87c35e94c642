import {
  Conv2DBackpropFilter,
  getKernel,
  type KernelFunc,
  registerKernel,
  type Tensor,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { mendGradients } from '../gradients/mend.ts';
import { TENSORFLOW } from './binding.ts';
import type { Call, Mending } from './mending.ts';
import { padded } from './padding.ts';
import { pointwise } from './pointwise.ts';

/** A later one replaces an earlier one. */
const mendings: readonly (readonly [string, Mending])[] = [
  [Conv2DBackpropFilter, pointwise],
  ...Object.entries(padded),
];

let mended = false;

/** Mends the package's kernels, once it has registered them. Doing it twice changes nothing. */
export function mendTensorFlow(): void {
  if (mended) return;
  mended = true;
  mendGradients();
  for (const [kernelName, mending] of mendings) {
    const config = getKernel(kernelName, TENSORFLOW);
    const stock = config.kernelFunc as unknown as (call: Call) => Tensor;
    const kernelFunc = (call: Call) => tidy(() => mending(call, stock));
    unregisterKernel(kernelName, TENSORFLOW);
    registerKernel({ ...config, kernelFunc: kernelFunc as unknown as KernelFunc });
  }
}
