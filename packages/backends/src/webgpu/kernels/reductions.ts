import { ArgMax, ArgMin, backend_util, Cast, Max, Min, Prod, util } from '@tensorflow/tfjs-core';
import { corrections, run } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

interface Attributes {
  readonly axis?: number | number[];
  /** The maximum's name for `axis`. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/**
 * The stock kernels drop the dimension that a product should keep. They add a dimension to the index in a
 * vector, and give the maximum of bools as a number.
 */
export const reductions: readonly Correction[] = corrections<Attributes>(
  [ArgMax, ArgMin, Max, Min, Prod],
  (stock, kernelName, backendName) => (call) => {
    const { axis = call.attrs.reductionIndices, keepDims = false } = call.attrs;
    const x = call.inputs.x!;
    const axes = util.parseAxisParam(axis!, x.shape);
    const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    const result = { ...stock(call), shape };
    if (x.dtype !== 'bool' || ![Max, Min].includes(kernelName as typeof Max)) return result;
    const truth = run(Cast, { x: result }, { dtype: 'bool' }, backendName, call.backend);
    call.backend.disposeData(result.dataId);
    return truth;
  },
);
