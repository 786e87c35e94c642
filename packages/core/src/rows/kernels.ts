import type * as tf from '@tensorflow/tfjs-core';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';

/** A gradient-sized vector as a list of one tensor per variable; null stands for zeros. */
export type Row = readonly (tf.Tensor | null)[];

/** One variable's part of all rows: tensors of its shape, one per row; null stands for zeros. */
export type Column = readonly (tf.Tensor | null)[];

/**
 * The two passes over the rows of a step as kernels of one backend: *gram*, all inner products, and *map*,
 * combinations with given coefficients. A backend without kernels of its own gets TensorFlow.js operations.
 */
export interface RowKernels {
  /**
   * Inner products, variable by variable, with one read-back, in which `scalars` travel along. Where an
   * element is NaN or infinite, so is the square of its row in its variable, at least.
   */
  gram(columns: readonly Column[], scalars: readonly tf.Scalar[]): Promise<InnerProducts>;
  /**
   * For each variable the results of its combinations, in tensors that belong to the caller; null where all
   * terms vanish.
   */
  map(combinations: readonly Combination[]): (tf.Tensor | null)[][];
}

/** The *gram* pass: inner products of rows, variable by variable. */
export interface InnerProducts {
  /** One Gramian per variable; sum those over which the rows are compared. */
  readonly byVariable: readonly SymmetricMatrix[];
  /**
   * Relative error of an inner product. Below 1e-12 it is float64's, in which squares neither vanish nor
   * overflow; a larger one has the rows looked at again where they may have.
   */
  readonly precision: number;
  /** Values of the scalars that were read back along with them. */
  readonly scalars: readonly number[];
}

/**
 * The combinations that the *map* pass makes for one variable: Σ coefficient · tensor, for each list of
 * coefficients.
 */
export interface Combination {
  readonly column: Column;
  /** One list per result, each with one coefficient per row. */
  readonly coefficients: readonly (readonly number[])[];
  /**
   * The tensors of the first rows, this many, are the kernel's: it may put results into those whose data
   * nobody shares, and answer with the tensor itself. It disposes of the others, so that memory falls from
   * variable to variable.
   */
  readonly spent: number;
}

const registered = new Map<string, RowKernels>();

/** Makes these the kernels of rows for the TensorFlow.js backend of that name. */
export function registerRowKernels(backend: string, kernels: RowKernels): void {
  registered.set(backend, kernels);
}

/** Those of the given backend, if it has any. */
export function rowKernelsOf(backend: string): RowKernels | undefined {
  return registered.get(backend);
}
