import type { Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

/** All parameters as one list, or one number for each of them. */
export type Parameters = Float64Array;

/** A gradient at any point. */
export type Gradient = (at: Parameters) => Parameters;

/**
 * The mean gradient of an objective over batches that are given, as a function of the parameters. It sets the variables, so their values have to be saved first, and the
 * batches live as long as it is used.
 */
export function gradientOn<Batch extends tf.TensorContainer>(
  objective: Objective<Batch>,
  batches: readonly Batch[],
  variables: readonly tf.Variable[],
): Gradient {
  return (at) => {
    assign(variables, at);
    const sum = new Float64Array(at.length);
    for (const batch of batches) {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => objective.loss(batch) as tf.Scalar, [...variables]);
        let offset = 0;
        for (const { name, size } of variables) {
          const values = grads[name]?.dataSync<'float32'>() ?? new Float32Array(size);
          for (const [index, x] of values.entries()) sum[offset + index]! += x / batches.length;
          offset += size;
        }
      });
    }
    return sum;
  };
}

export function parametersOf(variables: readonly tf.Variable[]): Parameters {
  return Float64Array.from(variables.flatMap((variable) => [...variable.dataSync<'float32'>()]));
}

export function assign(variables: readonly tf.Variable[], at: Parameters): void {
  let offset = 0;
  for (const variable of variables) {
    const values = Float32Array.from(at.subarray(offset, offset + variable.size));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    offset += variable.size;
  }
}

/** Length of the difference relative to that of the parameters. */
const STEP = 3e-3;

/**
 * H v = (g(θ + h v) − g(θ − h v)) / 2h, exact for a quadratic loss up to rounding. TensorFlow.js has no forward over reverse, and its gradients are not differentiable
 * where an operation has a gradient of its own. With float32 gradients, of relative error δ = 6e-8, rounding grows as δ / h and what the difference leaves out as h², which asks for h about δ^(1/3) = 4e-3
 * of the length of the parameters (of 1 where they are shorter). In a network with ReLU there is a third error, of the kinks that lie between both points: its square grows as 1 / h. On a perceptron of MNIST half
 * way through its training, ⟨Hv, Hv⟩ and ⟨v, HHv⟩, which are the same for a symmetric H, were 4 % apart at 3e-3, 31 % at 1e-2 and 43 % at 1e-3.
 */
export function hessianProduct(gradient: Gradient, at: Parameters, v: Parameters): Parameters {
  const length = norm(v);
  if (length === 0) return new Float64Array(v.length);
  const h = (STEP * Math.max(1, norm(at))) / length;
  const [ahead, behind] = [h, -h].map((t) => gradient(at.map((x, index) => x + t * v[index]!)));
  return ahead!.map((x, index) => (x - behind![index]!) / (2 * h));
}

/**
 * ‖b − H v‖ with v from so many iterations of conjugate gradients on the normal equations (Hestenes and Stiefel, 1952): H has to be symmetric, and may be indefinite and singular. It falls to
 * min over v, so that it is an upper bound of that. Where products are not quite those of a symmetric matrix it never rises either, as each step goes just as far as it helps. One number more than iterations, from v = 0.
 */
export function residuals(
  product: (v: Parameters) => Parameters,
  b: Parameters,
  iterations: number,
): readonly number[] {
  const rest = b.slice();
  let along = product(rest);
  const step = along.slice();
  let square = dot(along, along);
  const found = [norm(rest)];
  for (let iteration = 0; iteration < iterations && square > 0; iteration++) {
    const image = product(step);
    // square / ⟨image, image⟩ in exact arithmetic.
    const length = dot(rest, image) / dot(image, image);
    if (!Number.isFinite(length)) break;
    for (const [index, x] of image.entries()) rest[index]! -= length * x;
    found.push(norm(rest));
    along = product(rest);
    const next = dot(along, along);
    for (const [index, x] of along.entries()) step[index] = x + (next / square) * step[index]!;
    square = next;
  }
  return found;
}

export function dot(a: Parameters, b: Parameters): number {
  return a.reduce((sum, x, index) => sum + x * b[index]!, 0);
}

export function norm(a: Parameters): number {
  return Math.sqrt(dot(a, a));
}

/** What is left of u orthogonal to v. */
export function orthogonal(u: Parameters, v: Parameters): Parameters {
  const square = dot(v, v);
  const ratio = square === 0 ? 0 : dot(u, v) / square;
  return u.map((x, index) => x - ratio * v[index]!);
}
