import * as tf from '@tensorflow/tfjs-core';
import type { Piece } from './piece.ts';

/**
 * The mean loss of each row over the pieces of its batch that have this loss, weighted by their sizes. Rows are
 * given by their position in the setup.
 */
export class MeanLosses {
  /** The size of the batch of each row. */
  readonly #totals: readonly number[];
  readonly #sums: (tf.Scalar | null)[];
  /** The size of the pieces that have the loss, for each row. */
  readonly sizes: number[];

  constructor(totals: readonly number[]) {
    this.#totals = totals;
    this.#sums = totals.map(() => null);
    this.sizes = totals.map(() => 0);
  }

  /** Adds the loss of a piece. It stays the caller's. */
  add(row: number, loss: tf.Scalar, { size, total }: Pick<Piece<unknown>, 'size' | 'total'>): void {
    const before = this.#sums[row]!;
    this.sizes[row]! += size;
    this.#sums[row] = tf.tidy(() => {
      const part = tf.mul(loss, size / total) as tf.Scalar;
      // The caller may be in a tidy.
      return tf.keep(before === null ? part : tf.add(before, part));
    });
    before?.dispose();
  }

  /** The means, which belong to the caller. Null if the loss was never there. */
  take(): readonly (tf.Scalar | null)[] {
    for (const [row, sum] of this.#sums.entries()) {
      const share = this.sizes[row]! / this.#totals[row]!;
      if (sum === null || share === 1) continue;
      this.#sums[row] = tf.div(sum, share);
      sum.dispose();
    }
    return this.#sums.splice(0);
  }

  dispose(): void {
    tf.dispose(this.#sums as tf.Scalar[]);
  }
}
