import {
  ClipByValue,
  Conv2DBackpropFilter,
  FloorDiv,
  GatherV2,
  getKernel,
  type KernelFunc,
  registerKernel,
  type Tensor,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { noteCorrected } from '../corrections.ts';
import { correctGradients } from '../gradients/corrections.ts';
import { TENSORFLOW } from './binding.ts';
import type { Call, Correction } from './correction.ts';
import { clipByValue, floorDiv, gather } from './elementary.ts';
import { padded } from './padding.ts';
import { pointwise } from './pointwise.ts';

/** A later correction of a kernel replaces an earlier one. */
const corrections: readonly (readonly [string, Correction])[] = [
  [ClipByValue, clipByValue],
  [Conv2DBackpropFilter, pointwise],
  [FloorDiv, floorDiv],
  [GatherV2, gather],
  ...Object.entries(padded),
];

let corrected = false;

/**
 * Corrects the package's kernels. The package must have registered them already. Calling it twice changes
 * nothing.
 */
export function correctTensorFlow(): void {
  if (corrected) return;
  corrected = true;
  correctGradients();
  for (const [kernelName, correction] of corrections) {
    const config = getKernel(kernelName, TENSORFLOW);
    const stock = config.kernelFunc as unknown as (call: Call) => Tensor;
    const corrected = (call: Call) => tidy(() => correction(call, stock));
    const kernelFunc = corrected as unknown as KernelFunc;
    noteCorrected(kernelFunc);
    unregisterKernel(kernelName, TENSORFLOW);
    registerKernel({ ...config, kernelFunc });
  }
}
