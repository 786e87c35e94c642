import { avgPoolGrad } from '../common/avg-pool-grad.ts';
import { correctCommon } from '../common/corrections.ts';
import { type Correction, correctKernels, correctPresentKernels } from '../corrections.ts';
import { correctCpu } from '../cpu/corrections.ts';
import { fuseAdam } from './adam.ts';
import { adamStep } from './kernels/adam-step.ts';
import { batchMatMul } from './kernels/batch-mat-mul.ts';
import { cast } from './kernels/cast.ts';
import { conv2d } from './kernels/conv2d.ts';
import { conv2dBackpropFilter } from './kernels/conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.ts';
import { cpuKernels } from './kernels/cpu-kernels.ts';
import { depthwiseBackpropFilter } from './kernels/depthwise-backprop-filter.ts';
import { depthwiseBackpropInput } from './kernels/depthwise-backprop-input.ts';
import { einsum } from './kernels/einsum.ts';
import { elementary } from './kernels/elementary.ts';
import { floorDiv } from './kernels/floor-div.ts';
import { fused, fusedDepthwise } from './kernels/fused.ts';
import { gather } from './kernels/gather.ts';
import { identity } from './kernels/identity.ts';
import { manyAxes } from './kernels/many-axes.ts';
import { maxPoolGrad } from './kernels/max-pool-grad.ts';
import { oneHot } from './kernels/one-hot.ts';
import { otherTypes } from './kernels/other-types.ts';
import { passingNaN } from './kernels/passing-nan.ts';
import { prelu } from './kernels/prelu.ts';
import { samePadding } from './kernels/same-padding.ts';
import { slice, unpack } from './kernels/slice.ts';
import { mean, sum } from './kernels/sum.ts';
import { transpose } from './kernels/transpose.ts';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.ts';

const corrections: readonly Correction[] = [
  adamStep,
  batchMatMul,
  cast,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  einsum,
  floorDiv,
  fusedDepthwise,
  gather,
  identity,
  maxPoolGrad,
  mean,
  oneHot,
  prelu,
  slice,
  sum,
  transpose,
  unpack,
  unsortedSegmentSum,
  ...elementary,
  ...fused,
  ...samePadding,
  ...avgPoolGrad,
  ...cpuKernels,
  ...passingNaN,
  ...otherTypes,
];

/**
 * Registers the corrected kernels for the wasm backend. Its stock kernels must be registered already. Calling
 * it twice changes nothing.
 */
export function correctWasm(): void {
  fuseAdam();
  correctKernels('wasm', corrections);
  correctPresentKernels('wasm', manyAxes);
  correctCommon('wasm');
  // Some wasm kernels run kernels of the cpu backend.
  correctCpu();
}
