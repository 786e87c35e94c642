import type * as tf from '@tensorflow/tfjs-core';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { HalfTensor } from './half-tensor.ts';

/** A gradient-sized vector as a list of one tensor per variable; null stands for zeros. */
export type Row = readonly (tf.Tensor | null)[];

/** A row that may be rounded to float16. */
export type StoredRow = readonly (tf.Tensor | HalfTensor | null)[];

/** True for a tensor in float16. The class of these comes with the kernels that make them. */
export function isHalf(tensor: StoredRow[0]): tensor is HalfTensor {
  return tensor !== null && 'words' in tensor;
}

/**
 * One variable's part of all rows: tensors of its shape, one per row; null stands for zeros. There are tensors
 * in float16 only for kernels that make them.
 */
export type Column = StoredRow;

/**
 * The two passes over the rows of a step, as kernels of one backend: *gram*, all inner products, and *map*,
 * combinations with given coefficients. A backend without its own kernels uses TensorFlow.js operations.
 */
export interface RowKernels {
  /**
   * Inner products, variable by variable. There is one read-back, which also brings the elements of the
   * `losses`, scalars or vectors. If an element is NaN or infinite, at least the square of its row in its variable is so too.
   */
  gram(columns: readonly Column[], losses: readonly tf.Tensor[]): Promise<InnerProducts>;
  /**
   * The results of the combinations for each variable. The tensors belong to the caller. Null if all terms
   * vanish.
   */
  map(combinations: readonly Combination[]): (tf.Tensor | null)[][];
  /** True if `gram` computes in float64, whatever the sizes. */
  readonly isExact?: boolean;
  /** Rounds a tensor with elements to float16. Absent if the backend cannot. */
  halve?(tensor: tf.Tensor): HalfTensor;
}

/** The *gram* pass: inner products of rows, variable by variable. */
export interface InnerProducts {
  /** One Gramian per variable. Sum those of the variables over which the rows are compared. */
  readonly byVariable: readonly SymmetricMatrix[];
  /**
   * The relative error of an inner product. Below 1e-12 it means float64, in which squares neither vanish nor
   * overflow. With a larger one, rows whose squares may have done so are computed again.
   */
  readonly precision: number;
  /** The elements of the losses that were read back with them, one after another. */
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
   * The number of first rows whose tensors belong to the kernel. It may put results into tensors whose data
   * nobody else shares, and return the tensor itself. It disposes of the others, so that memory falls from
   * variable to variable.
   */
  readonly spent: number;
}

const registered = new Map<string, RowKernels>();

/** Registers the row kernels of the TensorFlow.js backend with this name. */
export function registerRowKernels(backend: string, kernels: RowKernels): void {
  registered.set(backend, kernels);
}

/** The row kernels of this backend, if it has any. */
export function rowKernelsOf(backend: string): RowKernels | undefined {
  return registered.get(backend);
}
