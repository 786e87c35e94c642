import type * as tf from '@tensorflow/tfjs-core';

/**
 * One forward pass and any number of backward passes.
 *
 * TensorFlow.js's own `grad` functions record, differentiate once and drop the tape. Here the recording is
 * kept: the tensors that operations saved for their gradients are held until `dispose`. So K objectives on
 * one trunk cost one forward pass, and a loss may be read back (an await) between forward and backward.
 */
export interface Tape {
  /**
   * The gradient of Σ weight · loss with respect to each variable, in their order. Null if no loss depends on
   * the variable. The caller owns the tensors.
   */
  backward(sum: WeightedSum): (tf.Tensor | null)[];
  /** The same for several sums, one after the other. */
  passes(sums: readonly WeightedSum[]): readonly (readonly (tf.Tensor | null)[])[];
  /**
   * The backward passes of several sums side by side. The gradients of each variable come as soon as they are
   * known, so that no more than one variable's are in memory at once. Variables that no loss depends on are
   * left out. The caller owns the gradients.
   */
  stream(sums: readonly WeightedSum[]): Iterable<VariableGradients>;
  /** True if the loss depends on any of the variables. */
  reaches(loss: tf.Tensor): boolean;
  /**
   * Frees all that the backward passes of these losses do not need. No other losses can be differentiated
   * after that.
   */
  keepFor(losses: readonly tf.Tensor[]): void;
  dispose(): void;
}

/** Σ weight · loss. A loss that is a vector has one weight per element. */
export type WeightedSum = readonly (readonly [loss: tf.Tensor, weight: number | readonly number[]])[];

export interface VariableGradients {
  /** The position of the variable in the list of variables. */
  readonly variable: number;
  /** One gradient per sum. Null if the sum does not depend on the variable. */
  readonly gradients: (tf.Tensor | null)[];
}
