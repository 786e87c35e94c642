import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * ‖W‖₂ to float64 rounding of the values W holds: the root of the largest eigenvalue of WᵀW or WWᵀ, whichever
 * is smaller.
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
