import { addN, mul, type Scalar, square, sum, type Variable } from '@tensorflow/tfjs-core';

/** ½ Σ w² over all elements of the kernels, which are the variables of more than one dimension. */
export function squaredNorm(variables: readonly Variable[]): Scalar {
  const kernels = variables.filter(({ rank }) => rank > 1);
  return mul(0.5, addN(kernels.map((kernel) => sum<Scalar>(square(kernel)))));
}
