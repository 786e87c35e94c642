import type * as tf from '@tensorflow/tfjs-core';

/**
 * One forward pass, any number of backward passes.
 *
 * TensorFlow.js's own `grad` functions record, differentiate once and throw the tape away. Here the recording
 * is kept: what the operations saved for their gradients is held until `dispose`, so that K objectives on one
 * trunk cost one forward pass, and so that a loss may be read back (an await) between forward and backward.
 */
export interface Tape {
  /**
   * Gradient of Σ weight · loss with respect to each variable, in their order; null where no loss depends on
   * it. The caller owns the tensors.
   */
  backward(sum: WeightedSum): (tf.Tensor | null)[];
  /**
   * The backward passes of several sums side by side: the gradients of one variable after the other, as soon
   * as they are known, so that no more than one variable's are in memory at once. Variables that no loss
   * depends on are left out. The caller owns the gradients.
   */
  stream(sums: readonly WeightedSum[]): Iterable<VariableGradients>;
  /** Whether the loss depends on any of the variables. */
  reaches(loss: tf.Scalar): boolean;
  /** Frees what the backward passes of these losses do not need. There are no others after that. */
  keepFor(losses: readonly tf.Scalar[]): void;
  dispose(): void;
}

/** Σ weight · loss */
export type WeightedSum = readonly (readonly [loss: tf.Scalar, weight: number])[];

export interface VariableGradients {
  /** Its position among the variables. */
  readonly variable: number;
  /** One per sum; null where it does not depend on the variable. */
  readonly gradients: (tf.Tensor | null)[];
}
