import * as tf from '@tensorflow/tfjs-core';

/*
 * The gradients of single examples with respect to one variable, in one of two forms. As rows they are a
 * matrix [examples, elements]. As a product they are not formed: the gradient of an example is the sum over
 * its positions t of the outer products aₜ ⊗ bₜ, a matrix that holds the elements of the variable.
 */

export interface Rows {
  readonly rows: tf.Tensor2D;
}

interface Product {
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

function isRows(gradients: ExampleGradients): gradients is Rows {
  return 'rows' in gradients;
}

export function tensorsOf(gradients: ExampleGradients): tf.Tensor[] {
  return isRows(gradients) ? [gradients.rows] : [gradients.a, gradients.b];
}

/**
 * Matrices with one vector per example, whose inner products are those of the gradients once they are
 * multiplied with each other. Null for products of several positions or of unit vectors.
 */
export function factorsOf(gradients: ExampleGradients): tf.Tensor2D[] | null {
  if (isRows(gradients)) return [gradients.rows];
  const { examples, positions, isNumbers } = sizes(gradients);
  if (positions > 1 || isNumbers) return null;
  return [gradients.a, gradients.b].map((factor) => tf.reshape(factor, [examples, -1]));
}

/** Sizes of a product. */
function sizes({ a, width, b }: Product) {
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

/** Elements of a table of products of positions that is in memory at once. */
const TABLE = 2 ** 22;

/** Elements of rows that are summed up in float32 at once. */
const PIECE = 1024;

/** Inner products of all gradients of one with all of the other, [examples, examples], or as many elements. */
export function innerProducts(one: ExampleGradients, other: ExampleGradients): tf.Tensor {
  if (!isRows(one) && isRows(other) && other.rows.shape[0] === 1) return productsWithWhole(one, other.rows);
  if (!isRows(other) && isRows(one) && one.rows.shape[0] === 1) return productsWithWhole(other, one.rows);
  if (isRows(one) || isRows(other) || one.width !== other.width)
    return productsOfRows(asRows(one).rows, asRows(other).rows);
  const [own, its] = [sizes(one), sizes(other)];
  const perExample = own.positions * its.examples * its.positions;
  const most = Math.max(1, Math.floor(TABLE / perExample));
  const parts: tf.Tensor2D[] = [];
  for (let first = 0; first < own.examples; first += most) {
    const count = Math.min(most, own.examples - first);
    const part = (x: tf.Tensor) => tf.slice(x, first, count);
    const table = tf.mul(
      pairs({ ...one, a: part(one.a) }, other),
      tf.matMul(flat(part(one.b)), flat(other.b), false, true),
    );
    const cells = tf.reshape(table, [count, own.positions, its.examples, its.positions]);
    parts.push(tf.reshape(tf.sum(cells, [1, 3]), [count, its.examples]));
  }
  return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 0);
}

/** The inner products of the a's of all positions of one with those of the other. */
function pairs(one: Pick<Product, 'a' | 'width'>, other: Pick<Product, 'a' | 'width'>): tf.Tensor2D {
  const [isOne, isOther] = [one.a.dtype === 'int32', other.a.dtype === 'int32'];
  if (isOne && isOther) {
    const equal = tf.equal(tf.reshape(one.a, [-1, 1]), tf.reshape(other.a, [1, -1]));
    return tf.cast(equal, 'float32') as tf.Tensor2D;
  }
  if (isOne) return tf.transpose(pairs(other, one)) as tf.Tensor2D;
  if (isOther) return tf.gather(flat(one.a), tf.reshape(other.a, [-1]) as tf.Tensor1D, 1);
  return tf.matMul(flat(one.a), flat(other.a), false, true);
}

/** Inner products of rows, in pieces, because a long sum in float32 loses digits. */
function productsOfRows(one: tf.Tensor2D, other: tf.Tensor2D): tf.Tensor2D {
  const parts: tf.Tensor2D[] = [];
  for (let first = 0; first < one.shape[1]; first += PIECE) {
    const [x, y] = [one, other].map((rows) =>
      rows.shape[1] <= PIECE
        ? rows
        : tf.slice(rows, [0, first], [-1, Math.min(PIECE, rows.shape[1] - first)]),
    );
    parts.push(tf.matMul(x!, y!, false, true));
  }
  return parts.length === 1 ? parts[0]! : tf.addN(parts);
}

/** Inner products of the gradients of a product with one whole gradient of the variable. */
function productsWithWhole(product: Product, whole: tf.Tensor2D): tf.Tensor1D {
  const { examples, positions, columns, width, isNumbers } = sizes(product);
  const matrix = tf.reshape(whole, [width, columns]) as tf.Tensor2D;
  const images = isNumbers
    ? tf.gather(matrix, tf.reshape(product.a, [-1]) as tf.Tensor1D)
    : tf.matMul(flat(product.a), matrix);
  const products = tf.mul(images, flat(product.b));
  return tf.sum(tf.reshape(products, [examples, positions * columns]), 1);
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

/** The largest magnitude in each of the tensors, for each example. NaN or Infinity if an element is so. */
export function largest(gradients: ExampleGradients): tf.Tensor[] {
  return tensorsOf(gradients).map((tensor) => {
    const [examples] = tensor.shape as [number];
    // Unit vectors have no scale.
    if (tensor.dtype === 'int32') return tf.ones([examples]);
    const elements = tf.reshape(tensor, [examples, -1]);
    // Backends differ in how a maximum treats NaN, but 0 · NaN and 0 · ∞ are NaN on all of them.
    return tf.add(tf.max(tf.abs(elements), 1), tf.sum(tf.mul(elements, 0), 1));
  });
}

/** The gradients with each of their tensors scaled by one factor per example. */
export function scaled(
  gradients: ExampleGradients,
  factors: readonly (readonly number[])[],
): ExampleGradients {
  const times = (tensor: tf.Tensor, index: number) =>
    tensor.dtype === 'int32'
      ? tf.clone(tensor)
      : tf.mul(
          tensor,
          tf.tensor(
            factors[index]! as number[],
            tensor.shape.map((length, axis) => (axis === 0 ? length : 1)),
          ),
        );
  if (isRows(gradients)) return { rows: times(gradients.rows, 0) as tf.Tensor2D };
  const { a, b, width } = gradients;
  return { a: times(a, 0), width, b: times(b, 1) as tf.Tensor3D };
}

function flat(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}
