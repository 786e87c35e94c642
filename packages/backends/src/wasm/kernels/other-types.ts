import {
  Abs,
  ArgMax,
  ArgMin,
  BatchMatMul,
  ClipByValue,
  Cumprod,
  Cumsum,
  type DataType,
  Exp,
  GatherV2,
  IsFinite,
  IsInf,
  IsNan,
  LeakyRelu,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Neg,
  Relu,
  Relu6,
  ResizeNearestNeighbor,
  Reverse,
  Round,
  Select,
  Sign,
  Square,
  Step,
  StridedSlice,
} from '@tensorflow/tfjs-core';
import { runCpuKernel } from '../cpu-kernel.ts';
import { type Correction, correction } from '../kernel.ts';

const FLOATS: readonly DataType[] = ['float32'];
const NUMBERS: readonly DataType[] = ['float32', 'int32'];
const ALL: readonly DataType[] = ['float32', 'int32', 'bool'];

/**
 * The types that the stock kernels compute correctly. They treat other types as if they were these. They then
 * return arbitrary memory, or trap and spoil later kernels.
 */
const types: Readonly<Record<string, readonly DataType[]>> = {
  [Abs]: NUMBERS,
  [ArgMax]: ALL,
  [ArgMin]: ALL,
  [BatchMatMul]: FLOATS,
  [ClipByValue]: FLOATS,
  [Cumprod]: NUMBERS,
  [Cumsum]: NUMBERS,
  [Exp]: NUMBERS,
  [GatherV2]: NUMBERS,
  [IsFinite]: FLOATS,
  [IsInf]: FLOATS,
  [IsNan]: FLOATS,
  [LeakyRelu]: NUMBERS,
  [Neg]: NUMBERS,
  [Relu]: NUMBERS,
  [Relu6]: FLOATS,
  [ResizeNearestNeighbor]: FLOATS,
  [Reverse]: NUMBERS,
  [Round]: FLOATS,
  [Select]: NUMBERS,
  [Sign]: NUMBERS,
  [Square]: NUMBERS,
  [Step]: FLOATS,
  [StridedSlice]: FLOATS,
};

/**
 * Kernels that are right for some types only. For the other types, and for tensors without elements, the
 * kernels of the cpu backend run.
 */
export const otherTypes: readonly Correction[] = Object.entries(types).map(([kernelName, right]) =>
  correction<NamedTensorInfoMap, NamedAttrMap>(kernelName, (stock) => (call) => {
    for (const name in call.inputs) {
      const { dtype, shape } = call.inputs[name]!;
      // The condition is always bool.
      if (name !== 'condition' && (!right.includes(dtype) || shape.includes(0)))
        return runCpuKernel(kernelName, call);
    }
    return stock(call);
  }),
);
