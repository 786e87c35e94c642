import * as tf from '@tensorflow/tfjs-core';
import { asRows, type ExampleGradients, flat, isRows, type Product, sizes } from './gradients.ts';

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
