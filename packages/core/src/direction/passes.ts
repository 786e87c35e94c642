import type * as tf from '@tensorflow/tfjs-core';
import type { InnerProducts } from '../rows/kernels.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { VariableGradients } from '../tape/tape.ts';

/** The gradients of a step and the remembered rows, to be looked at twice: *gram*, then *map*. */
export interface Passes {
  /** Of the gradients, then the remembered rows. */
  gram(options: { readonly distances: boolean }): Promise<GramPass>;
  /** Combinations of the same rows, one list of coefficients per result. The gradients are used up. */
  map(coefficients: (variable: number) => readonly (readonly number[])[]): (tf.Tensor | null)[][];
  /** Instead of `map`: the gradients of each variable. They belong to the caller. */
  columns(): Iterable<VariableGradients>;
  /** Frees the gradients that were not used up. */
  dispose(): void;
}

export interface GramPass extends InnerProducts {
  /** Which variables each gradient reaches. */
  readonly reached: readonly (readonly boolean[])[];
  /** Squared distances between the gradients, variable by variable; none unless asked for. */
  readonly distances: readonly SymmetricMatrix[];
}
