import type * as tf from '@tensorflow/tfjs-core';
import type { Certificate, GradientCombiner, GradientRow, GramianCombiner, Setup } from '../combiner.ts';
import type { FirstSums } from '../forward/first-pass.ts';
import type { CutAt, Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { ExamplePassesAt } from './example-passes.ts';
import type { StartPasses } from './start-passes.ts';

/** Computes a direction from each forward pass. Nothing changes until `commit` is called on the answer. */
export interface DirectionComputation {
  answer(forward: Forward): Promise<Answer>;
  /** What the first pass over batches in pieces adds up, if a step has these rows. */
  firstSums(rows: readonly GradientRow[], step: number): ReturnType<FirstSums>;
  state(): DirectionState;
  restore(state: DirectionState): void;
  dispose(): void;
}

/** The state between steps. The computation owns the tensors of the rows. */
interface DirectionState {
  readonly remembered: readonly Row[];
  /** One memory per group. */
  readonly memory: readonly unknown[];
  /** The coefficients that are kept for several steps. Null before the first. Absent if none are kept. */
  readonly coefficients?: KeptCoefficients | null;
}

/** Coefficients over the gradients of weighted losses, and the step that computed them. */
export interface KeptCoefficients {
  readonly step: number;
  readonly rows: readonly {
    readonly objective: string;
    readonly batch: number;
    readonly coefficient: number;
  }[];
}

export interface Answer {
  /** One tensor per variable, or null for zeros. The caller owns the tensors. */
  readonly direction: readonly (tf.Tensor | null)[];
  /** The unweighted losses of the present rows. */
  readonly losses: readonly number[];
  /** Null if no Gramian was computed. */
  readonly diagnostics: Diagnostics | null;
  /**
   * One entry per group of variables. The coefficients are over the present, unweighted gradients, then the
   * remembered rows.
   */
  readonly groups: readonly {
    readonly coefficients: readonly number[];
    readonly certificate: Certificate | null;
  }[];
  /** The step that computed the coefficients, unless it is this one. */
  readonly coefficientsFrom?: number;
  readonly examplePasses: readonly ExamplePassesAt[];
  /** For methods that use the losses after the step: call it before `commit` with those of the same rows. */
  readonly after?: ((losses: readonly number[]) => void) | undefined;
  /** Adopts the next memory and remembered rows. */
  commit(): void;
  /** Call it instead of `commit` to drop the answer. */
  discard(): void;
}

export interface DirectionOptions<Combiner> {
  readonly combiner: Combiner;
  readonly setup: Setup;
  readonly variables: readonly tf.Variable[];
  readonly startPasses: StartPasses;
  /**
   * The roles of the variables in a step with these rows. `reached` says which variables each of their
   * gradients reaches; it is empty in a step that only uses kept coefficients.
   */
  readonly roles: (rows: readonly GradientRow[], reached: readonly (readonly boolean[])[]) => Roles;
}

/** What is done with each variable in a step. */
interface Roles {
  /** True if the inner products run over the variable. */
  readonly compared: readonly boolean[];
  /**
   * True if the combiner's coefficients make the direction of the variable. The others get the sum of their
   * objectives' gradients.
   */
  readonly combined: readonly boolean[];
}

/**
 * A shared representation at which inner products are taken: see `representation`. It brings the code for that,
 * so that a page without one does not hold it.
 */
export interface Representation extends CutAt {
  /** Throws unless inner products can be taken there. */
  check(combiner: GradientCombiner, setup: Setup, keepsCoefficients: boolean): void;
  directions(options: DirectionOptions<GramianCombiner>): DirectionComputation;
}
