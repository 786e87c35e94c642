import * as tf from '@tensorflow/tfjs-core';

/**
 * The mean of the numbers without the `trim` largest and the `trim` smallest. There must be more than 2 ·
 * trim.
 */
export function middleMean(numbers: readonly number[], trim: number): number {
  const middle = numbers.toSorted((a, b) => a - b).slice(trim, numbers.length - trim);
  return middle.reduce((sum, x) => sum + x, 0) / middle.length;
}

/**
 * The same for each column: rows of the shape [count, elements] give [elements]. The rows are sorted by
 * comparing neighbours, which every backend can do for all columns at once.
 */
export function middleMeans(rows: tf.Tensor2D, trim: number): tf.Tensor1D {
  const sorted = tf.unstack(rows) as tf.Tensor1D[];
  for (let last = sorted.length - 1; last > 0; last--) {
    for (let row = 0; row < last; row++) {
      const [a, b] = [sorted[row]!, sorted[row + 1]!];
      sorted[row] = tf.minimum(a, b);
      sorted[row + 1] = tf.maximum(a, b);
    }
  }
  const middle = sorted.slice(trim, sorted.length - trim);
  return tf.div(tf.addN(middle), middle.length);
}
