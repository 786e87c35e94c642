import {
  All,
  Any,
  backend_util,
  type DataType,
  Max,
  Mean,
  Min,
  Prod,
  Sum,
  util,
} from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, filled } from './kernel.ts';

interface Attributes {
  readonly axis?: number | number[];
  /** The maximum's name for `axis`. */
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

const least = { float32: Number.NEGATIVE_INFINITY, int32: -(2 ** 31), bool: 0 };
const largest = { float32: Number.POSITIVE_INFINITY, int32: 2 ** 31 - 1, bool: 1 };

/** For each reduction: its type and its value for no elements. That value is the neutral element, or 0/0. */
const nothing: Readonly<Record<string, (dtype: 'float32' | 'int32' | 'bool') => [DataType, number]>> = {
  [All]: () => ['bool', 1],
  [Any]: () => ['bool', 0],
  [Max]: (dtype) => [dtype, least[dtype]],
  [Mean]: () => ['float32', Number.NaN],
  [Min]: (dtype) => [dtype, largest[dtype]],
  [Prod]: (dtype) => [dtype === 'bool' ? 'int32' : dtype, 1],
  [Sum]: (dtype) => [dtype === 'bool' ? 'int32' : dtype, 0],
};

/** For no elements, the stock kernels read arbitrary memory, divide by zero, or fail. */
export const emptyReductions: readonly Correction[] = corrections<Attributes>(
  Object.keys(nothing),
  (stock, kernelName) => (call) => {
    const x = call.inputs.x!;
    if (util.sizeFromShape(x.shape) > 0) return stock(call);
    const { axis = call.attrs.reductionIndices, keepDims } = call.attrs;
    const axes = util.parseAxisParam(axis!, x.shape);
    const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    const [dtype, value] = nothing[kernelName]!(x.dtype as 'float32');
    return filled(shape, dtype, value, call.backend);
  },
);
