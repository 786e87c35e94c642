import type * as tf from '@tensorflow/tfjs-core';
import type { InnerProducts } from '../rows/kernels.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { VariableGradients } from '../tape/tape.ts';
import type { ExamplePassesAt } from './example-passes.ts';

/** The gradients of a step and the remembered rows, for two passes: *gram*, then *map*. */
export interface Passes {
  /** Inner products of the gradients and then the remembered rows. */
  gram(options: { readonly distances: boolean }): Promise<GramPass>;
  /** Combinations of the same rows, one list of coefficients per result. Uses up the gradients. */
  map(coefficients: (variable: number) => readonly (readonly number[])[]): (tf.Tensor | null)[][];
  /** The gradients of each variable, instead of `map`. They belong to the caller. */
  columns(): Iterable<VariableGradients>;
  /**
   * True if a row that is not finite in a variable is known to be the cause itself. Otherwise it may be
   * another example of the same loss.
   */
  tellsExample?(row: number, variable: number): boolean;
  /** Frees the gradients that are not used up. */
  dispose(): void;
}

export interface GramPass extends InnerProducts {
  /** For each gradient and variable: true if the gradient reaches the variable. */
  readonly reached: readonly (readonly boolean[])[];
  /** Squared distances between the gradients, variable by variable. Empty unless they were asked for. */
  readonly distances: readonly SymmetricMatrix[];
  readonly examplePasses: readonly ExamplePassesAt[];
}
