import {
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  Dilation2D,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolWithArgmax,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  RotateWithOffset,
} from '@tensorflow/tfjs-core';
import { type Mending, mending } from '../kernel.ts';
import { lend } from '../lend.ts';

/**
 * Kernels that the stock wasm backend computes wrongly, and that are too rare to be written anew: the cpu backend's are
 * run on wasm's tensors. Slow, and right.
 */
export const borrowed: readonly Mending[] = [
  // Agree with finite differences on the cpu backend, and not on wasm.
  borrow(Conv3DBackpropFilterV2),
  borrow(Conv3DBackpropInputV2),
  borrow(Dilation2D),
  borrow(Dilation2DBackpropFilter),
  borrow(Dilation2DBackpropInput),
  // The stock kernels take a window's maximum to be above zero.
  borrow(MaxPool3D),
  borrow(MaxPool3DGrad),
  borrow(MaxPoolWithArgmax),
  // The stock kernel fills in whole numbers.
  borrow(RotateWithOffset),
];

function borrow(kernelName: string): Mending {
  return mending<NamedTensorInfoMap, NamedAttrMap>(kernelName, () => (call) => lend(kernelName, call));
}
