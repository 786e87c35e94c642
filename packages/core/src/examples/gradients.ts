import * as tf from '@tensorflow/tfjs-core';

/*
 * The gradients of single examples with respect to one variable, in one of two forms. As rows they are a
 * matrix [examples, elements]. As a product they are not formed: the gradient of an example is the sum over
 * its positions t of the outer products aₜ ⊗ bₜ, a matrix that holds the elements of the variable.
 */

export interface Rows {
  readonly rows: tf.Tensor2D;
}

export interface Product {
  /** [examples, positions, width], or numbers of rows [examples, positions] of the matrix, for unit vectors. */
  readonly a: tf.Tensor;
  readonly width: number;
  /** [examples, positions, columns] */
  readonly b: tf.Tensor3D;
}

export type ExampleGradients = Rows | Product;

/** The gradients of all examples of a loss. */
export interface ExamplesOfVariables {
  /** One entry per variable. Null if the losses do not depend on it. */
  readonly gradients: readonly (ExampleGradients | null)[];
  readonly shapes: readonly (readonly number[])[];
  /** For each variable whose gradients took one backward pass per example: why. */
  readonly separate: ReadonlyMap<number, string>;
}

export function isRows(gradients: ExampleGradients): gradients is Rows {
  return 'rows' in gradients;
}

export function tensorsOf(gradients: ExampleGradients): tf.Tensor[] {
  return isRows(gradients) ? [gradients.rows] : [gradients.a, gradients.b];
}

interface Sizes {
  readonly examples: number;
  readonly positions: number;
  readonly width: number;
  readonly columns: number;
  /** True if `a` numbers the rows of unit vectors. */
  readonly isNumbers: boolean;
}

export function sizes({ a, width, b }: Product): Sizes {
  const [examples, positions, columns] = b.shape;
  return { examples, positions, columns, width, isNumbers: a.dtype === 'int32' };
}

function dense({ a, width }: Product): tf.Tensor3D {
  return (a.dtype === 'int32' ? tf.cast(tf.oneHot(a, width), 'float32') : a) as tf.Tensor3D;
}

/** The same gradients as rows. */
export function asRows(gradients: ExampleGradients): Rows {
  if (isRows(gradients)) return gradients;
  const { examples, positions, columns, width, isNumbers } = sizes(gradients);
  const { a, b } = gradients;
  if (!isNumbers) {
    return { rows: tf.reshape(tf.matMul(a, b, true, false), [examples, width * columns]) };
  }
  // The matrices of all examples below one another.
  const first = tf.reshape(tf.range(0, examples * width, width, 'int32'), [examples, 1]);
  const numbers = tf.reshape(tf.add(a, first), [-1]) as tf.Tensor1D;
  const all = tf.unsortedSegmentSum(
    tf.reshape(b, [examples * positions, columns]),
    tf.cast(numbers, 'int32') as tf.Tensor1D,
    examples * width,
  );
  return { rows: tf.reshape(all, [examples, width * columns]) };
}

/** The sum of the gradients of two uses. */
export function sum(one: ExampleGradients, other: ExampleGradients): ExampleGradients {
  if (isRows(one) || isRows(other) || one.width !== other.width) {
    return { rows: tf.add(asRows(one).rows, asRows(other).rows) };
  }
  const isAlike = one.a.dtype === other.a.dtype;
  const [a, b] = isAlike ? [one.a, other.a] : [dense(one), dense(other)];
  return { a: tf.concat([a, b], 1), width: one.width, b: tf.concat([one.b, other.b], 1) };
}

/** The gradients with respect to the transposed variable. */
export function transposed(
  gradients: ExampleGradients,
  shape: readonly number[],
  perm: readonly number[],
): ExampleGradients {
  if (!isRows(gradients) && perm.length === 2 && perm[0] === 1 && gradients.width === shape[0]) {
    return { a: gradients.b, width: gradients.b.shape[2], b: dense(gradients) };
  }
  const { rows } = asRows(gradients);
  const axes = perm.map((_, axis) => 1 + perm.indexOf(axis));
  const moved = tf.transpose(tf.reshape(rows, [-1, ...shape]), [0, ...axes]);
  return { rows: tf.reshape(moved, rows.shape) };
}

/** The cheaper form. The products of rows cost as much as the elements, those of products the positions squared. */
export function inCheaperForm(gradients: ExampleGradients): ExampleGradients {
  if (isRows(gradients)) return gradients;
  const { positions, columns, width, isNumbers } = sizes(gradients);
  const perPair = positions ** 2 * (isNumbers ? columns : width + columns);
  return perPair <= width * columns ? gradients : asRows(gradients);
}

/** Σ weight · gradient, with the elements in the order of the variable. */
export function combined(gradients: ExampleGradients, weights: readonly number[]): tf.Tensor {
  const list = tf.tensor1d([...weights]);
  if (isRows(gradients)) {
    if (weights.length === 1) return tf.mul(gradients.rows, weights[0]!);
    return tf.matMul(tf.reshape(list, [1, -1]), gradients.rows);
  }
  const { columns, width, isNumbers } = sizes(gradients);
  const weighted = flat(tf.mul(gradients.b, tf.reshape(list, [-1, 1, 1])));
  if (!isNumbers) return tf.matMul(flat(gradients.a), weighted, true, false);
  const numbers = tf.reshape(gradients.a, [-1]) as tf.Tensor1D;
  return tf.reshape(tf.unsortedSegmentSum(weighted, numbers, width), [width, columns]);
}

/** All positions of all examples, one after another. */
export function flat(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}
