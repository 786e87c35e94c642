import type * as tf from '@tensorflow/tfjs-core';
import type { Certificate, GradientRow, Setup } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import type { Diagnostics } from './diagnostics.ts';

/** Makes a direction from each forward pass. It changes nothing until `commit` is called on its answer. */
export interface DirectionComputation {
  answer(forward: Forward): Promise<Answer>;
  state(): DirectionState;
  restore(state: DirectionState): void;
  dispose(): void;
}

/** The state between steps. The rows are the computation's own tensors. */
interface DirectionState {
  readonly remembered: readonly Row[];
  /** One per group. */
  readonly memory: readonly unknown[];
}

export interface Answer {
  /** One tensor per variable, null for zeros; they belong to the caller. */
  readonly direction: readonly (tf.Tensor | null)[];
  /** Unweighted, of the present rows. */
  readonly losses: readonly number[];
  /** Null where no Gramian was formed. */
  readonly diagnostics: Diagnostics | null;
  /**
   * One per group of variables; coefficients over the present, unweighted gradients, then the remembered
   * rows.
   */
  readonly groups: readonly {
    readonly coefficients: readonly number[];
    readonly certificate: Certificate | null;
  }[];
  /**
   * For methods that look at the losses again: tells those after the step, of the same rows, before `commit`.
   */
  readonly after?: ((losses: readonly number[]) => void) | undefined;
  /** Adopts the next memory and remembered rows. */
  commit(): void;
  /** Instead of `commit`. */
  discard(): void;
}

export interface DirectionOptions<Combiner> {
  readonly combiner: Combiner;
  readonly setup: Setup;
  readonly variables: readonly tf.Variable[];
  /** Whether all gradients are in memory at once, or one variable's at a time. */
  readonly gradients: 'kept' | 'streamed';
  /** Which of the variables the inner products run over, once that is settled. */
  readonly shared: (
    rows: readonly GradientRow[],
    reached: readonly (readonly boolean[])[],
  ) => readonly boolean[];
}
