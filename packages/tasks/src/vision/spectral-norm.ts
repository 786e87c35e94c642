import {
  div,
  log,
  matMul,
  type Rank,
  reshape,
  type Scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { stopGradient } from '../stop-gradient.ts';

/**
 * log ‖W‖₂ of a matrix [m, n] by power iteration. It starts from the right vector [n, 1], and moves this
 * vector for the next call:
 *
 *   u = Wv / ‖Wv‖,      σ = ‖Wᵀu‖,      v ← Wᵀu / σ
 *
 * σ grows towards ‖W‖₂. The last u counts as a constant, so the gradient of log σ is u vᵀ / σ. The iteration
 * before it is not differentiated. The matrix must not be zero.
 */
export function logSpectralNorm(matrix: Tensor2D, vector: Variable<Rank.R2>, iterations: number): Scalar {
  const u = stopGradient(() => {
    let u = image(matrix, vector);
    for (let more = 1; more < iterations; more++) u = image(matrix, reshape(matMul(u, matrix), vector.shape));
    return u;
  });
  const back = matMul(u, matrix);
  const norm = length(back);
  vector.assign(reshape(div(back, norm), vector.shape));
  return log(norm);
}

/** The row (Wv / ‖Wv‖)ᵀ. With a row, uᵀW reads W along its own rows, whereas Wᵀu would first transpose W. */
function image(matrix: Tensor2D, vector: Tensor2D): Tensor2D {
  const product = matMul(matrix, vector);
  return reshape(div(product, length(product)), [1, product.size]);
}

function length(vector: Tensor): Scalar {
  return sqrt(sum(square(vector)));
}
