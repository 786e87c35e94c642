import type * as tf from '@tensorflow/tfjs-core';
import type { TapeNode } from './engine.ts';

/** Backward passes through what was recorded. */
export interface BackwardPasses {
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
}

/**
 * One forward pass and any number of backward passes.
 *
 * TensorFlow.js's own `grad` functions record, differentiate once and drop the tape. Here the recording is
 * kept: the tensors that operations saved for their gradients are held until `dispose`. So K objectives on
 * one trunk cost one forward pass, and a loss may be read back (an await) between forward and backward.
 */
export interface Tape extends BackwardPasses {
  readonly recording: Recording;
  /** True if the loss depends on any of the variables. */
  reaches(loss: tf.Tensor): boolean;
  /**
   * Frees all that the backward passes of these losses do not need. No other losses can be differentiated
   * after that.
   */
  keepFor(losses: readonly tf.Tensor[]): void;
  dispose(): void;
}

/** What a tape holds. */
export interface Recording {
  /** The operations that depend on a variable, in the order of the forward pass. */
  readonly nodes: readonly TapeNode[];
  readonly variables: readonly tf.Variable[];
}

/** Σ weight · loss. A loss that is a vector has one weight per element. */
export type WeightedSum = readonly (readonly [loss: tf.Tensor, weight: number | readonly number[]])[];

export interface VariableGradients {
  /** The position of the variable in the list of variables. */
  readonly variable: number;
  /** One gradient per sum. Null if the sum does not depend on the variable. */
  readonly gradients: (tf.Tensor | null)[];
}

/**
 * A tape that is cut in two at some tensors, the features: the trunk, which makes them, and the heads, which
 * make the losses from them.
 */
export interface Cut {
  /** The number of features. Those that depend on no variable do not count. */
  readonly size: number;
  /** For each variable, true if the features depend on it. */
  readonly isTrunk: readonly boolean[];
  /**
   * Backward passes of these sums through the heads. Gives the gradients of each sum with respect to the
   * features, and the gradients of all sums together with respect to the variables of the heads. The caller
   * owns the tensors.
   */
  heads(sums: readonly WeightedSum[]): {
    readonly features: (tf.Tensor | null)[][];
    readonly variables: (tf.Tensor | null)[];
  };
  /**
   * One backward pass through the trunk, from gradients with respect to the features, which are used up, to
   * those with respect to the variables. The caller owns the tensors.
   */
  trunk(features: readonly (tf.Tensor | null)[]): (tf.Tensor | null)[];
  /**
   * The name of something in the trunk that a loss uses beside the features, so that its gradient does not
   * pass through them alone. Null if there is nothing.
   */
  besides(loss: tf.Tensor): string | null;
}
