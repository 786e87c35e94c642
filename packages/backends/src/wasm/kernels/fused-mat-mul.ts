import { _FusedMatMul } from '@tensorflow/tfjs-core';
import { type Mending, mending } from '../kernel.ts';
import { type MatMulAttributes, type MatMulInputs, withStraightOperands } from './straight-operands.ts';

/** The stock kernel with a bias and a transposed operand adds the bias to the product of something else. */
export const fusedMatMul: Mending = mending<MatMulInputs, MatMulAttributes>(
  _FusedMatMul,
  (stock) => (call) => withStraightOperands(call, stock),
);
