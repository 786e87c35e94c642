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
import { runCpuKernel } from '../cpu-kernel.ts';
import { type Correction, correction } from '../kernel.ts';

/**
 * The stock wasm backend computes these kernels wrongly, and they are too rare to be written anew. The
 * kernels of the cpu backend run on wasm's tensors instead: slowly, but correctly.
 */
export const cpuKernels: readonly Correction[] = [
  // These agree with finite differences on the cpu backend, but not on wasm.
  cpuKernel(Conv3DBackpropFilterV2),
  cpuKernel(Conv3DBackpropInputV2),
  cpuKernel(Dilation2D),
  cpuKernel(Dilation2DBackpropFilter),
  cpuKernel(Dilation2DBackpropInput),
  // The stock kernels assume that the maximum of a window is above zero.
  cpuKernel(MaxPool3D),
  cpuKernel(MaxPool3DGrad),
  cpuKernel(MaxPoolWithArgmax),
  // The stock kernel fills in whole numbers.
  cpuKernel(RotateWithOffset),
];

function cpuKernel(kernelName: string): Correction {
  return correction<NamedTensorInfoMap, NamedAttrMap>(
    kernelName,
    () => (call) => runCpuKernel(kernelName, call),
  );
}
