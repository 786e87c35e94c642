import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** One thing to improve: a loss and its place in the order of importance. */
export interface Objective<Batch = void> {
  /** The name. Memory, reports and checkpoints use it as a key, so it must be unique within a trainer. */
  readonly name: string;
  /** A whole number >= 0. 0 is the most important. Objectives of equal priority share a level. */
  readonly priority: number;
  /** Multiplies the loss, and so its gradient. Positive and finite. Default 1. */
  readonly weight?: number;
  /**
   * True if the loss is a vector with one loss an example of the batch. Each of them is a row of its own, with
   * the priority and weight of the objective. Reports give their mean. Default false.
   */
  readonly perExample?: boolean;
  /**
   * The loss on a batch, minimised: a float32 tensor without dimensions, or with one if `perExample` is true,
   * which a step checks. Null where the batch holds no label for this objective. Further tensors may come
   * with it.
   */
  loss(batch: Batch): Tensor | LossWithOutputs | null;
}

/** A loss with tensors from its computation, for metrics without another forward pass. */
export interface LossWithOutputs {
  readonly loss: Tensor | null;
  /**
   * Further tensors by name, such as `logits`. The report of the step contains them. Its gradients do not
   * depend on them.
   */
  readonly outputs: NamedTensorMap;
}

/** Dense level of each objective, 0 first: priorities 0, 5, 5 give levels 0, 1, 1. */
export function levelsOf(priorities: readonly number[]): number[] {
  const distinct = [...new Set(priorities)].sort((a, b) => a - b);
  return priorities.map((priority) => distinct.indexOf(priority));
}
