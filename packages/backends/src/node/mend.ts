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
import { mendGradients } from '../gradients/mend.ts';
import { noteMended } from '../mend.ts';
import { TENSORFLOW } from './binding.ts';
import { clipByValue, floorDiv, gather } from './elementary.ts';
import type { Call, Mending } from './mending.ts';
import { padded } from './padding.ts';
import { pointwise } from './pointwise.ts';

/** A later one replaces an earlier one. */
const mendings: readonly (readonly [string, Mending])[] = [
  [ClipByValue, clipByValue],
  [Conv2DBackpropFilter, pointwise],
  [FloorDiv, floorDiv],
  [GatherV2, gather],
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
    const mended = (call: Call) => tidy(() => mending(call, stock));
    const kernelFunc = mended as unknown as KernelFunc;
    noteMended(kernelFunc);
    unregisterKernel(kernelName, TENSORFLOW);
    registerKernel({ ...config, kernelFunc });
  }
}
