import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * ‖W‖₂, exact to float64 rounding for the float32 values of W [m, n]: the root of the largest eigenvalue of
 * WᵀW or WWᵀ, whichever is smaller.
 */
export async function largestSingularValue(matrix: Tensor2D): Promise<number> {
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  const [rows, columns] = matrix.shape;
  const whole = Matrix.from1DArray(rows, columns, Array.from(await matrix.data()));
  const narrow = columns <= rows ? whole : whole.transpose();
  const gramian = narrow.transpose().mmul(narrow);
  const { realEigenvalues } = new EigenvalueDecomposition(gramian, { assumeSymmetric: true });
  return Math.sqrt(Math.max(...realEigenvalues));
}
