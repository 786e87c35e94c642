import { mendCpu } from '../cpu/mend.ts';
import { avgPoolGrad } from '../every/avg-pool-grad.ts';
import { mendEvery } from '../every/mend.ts';
import { type Mending, mend, mendPresent } from '../mend.ts';
import { fuseAdam } from './adam.ts';
import { adamStep } from './kernels/adam-step.ts';
import { batchMatMul } from './kernels/batch-mat-mul.ts';
import { borrowed } from './kernels/borrowed.ts';
import { cast } from './kernels/cast.ts';
import { conv2d } from './kernels/conv2d.ts';
import { conv2dBackpropFilter } from './kernels/conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.ts';
import { depthwiseBackpropFilter } from './kernels/depthwise-backprop-filter.ts';
import { depthwiseBackpropInput } from './kernels/depthwise-backprop-input.ts';
import { einsum } from './kernels/einsum.ts';
import { elementary } from './kernels/elementary.ts';
import { floorDiv } from './kernels/floor-div.ts';
import { fused, fusedDepthwise } from './kernels/fused.ts';
import { gather } from './kernels/gather.ts';
import { identity } from './kernels/identity.ts';
import { lent } from './kernels/lent.ts';
import { manyAxes } from './kernels/many-axes.ts';
import { maxPoolGrad } from './kernels/max-pool-grad.ts';
import { oneHot } from './kernels/one-hot.ts';
import { passingNaN } from './kernels/passing-nan.ts';
import { prelu } from './kernels/prelu.ts';
import { samePadding } from './kernels/same-padding.ts';
import { slice, unpack } from './kernels/slice.ts';
import { mean, sum } from './kernels/sum.ts';
import { transpose } from './kernels/transpose.ts';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.ts';

const mendings: readonly Mending[] = [
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
  ...borrowed,
  ...passingNaN,
  ...lent,
];

/**
 * Registers the mended kernels for the wasm backend, whose stock ones must be registered already.
 * Doing it twice changes nothing.
 */
export function mendWasm(): void {
  fuseAdam();
  mend('wasm', mendings);
  mendPresent('wasm', manyAxes);
  mendEvery('wasm');
  // It lends kernels to wasm.
  mendCpu();
}
