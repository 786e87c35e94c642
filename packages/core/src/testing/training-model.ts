import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from '../objective.ts';
import type { ObjectivePriority } from '../protocol/setup.ts';
import { randomFrom } from '../random.ts';
import type { Vector } from './vectors.ts';

export interface Batch {
  /** Multiplies the gradients. */
  readonly scale: number;
  /** Which of the vectors each objective's gradient is: that of its own position plus this. */
  readonly shift: number;
  readonly absent: readonly number[];
}

/** Losses cₖ + scale · ⟨θ, vₖ⟩, whose gradients are known exactly. */
export interface Model {
  readonly vectors: readonly Vector[];
  readonly theta: readonly tf.Variable[];
  readonly objectives: readonly Objective<Batch>[];
  values(): Promise<number[]>;
  dispose(): void;
}

export function modelOf(placed: readonly ObjectivePriority[], sizes: readonly number[]): Model {
  const random = randomFrom(sizes.length);
  const width = sizes.reduce((a, b) => a + b);
  // About as long as 1, and about orthogonal, but for a part that makes some of them conflict.
  const vectors = Array.from({ length: placed.length + 3 }, (_, index) => {
    const common = 0.5 * (-1) ** index;
    return Array.from({ length: width }, () =>
      Math.fround((2 * random() - 1 + common) * Math.sqrt(3 / width)),
    );
  });
  const starts = sizes.map((_, v) => sizes.slice(0, v).reduce((a, b) => a + b, 0));
  const tensors = vectors.map((vector) =>
    sizes.map((size, v) => tf.tensor1d(vector.slice(starts[v]!, starts[v]! + size))),
  );
  const theta = sizes.map((size) => tf.tidy(() => tf.variable(tf.zeros([size]))));
  const objectives = placed.map(
    (one, k): Objective<Batch> => ({
      ...one,
      loss: ({ scale, shift, absent }) => {
        if (absent.includes(k)) return null;
        const parts = tensors[(k + shift) % tensors.length]!.map((part, v) =>
          tf.sum(tf.mul(theta[v]!, part)),
        );
        return tf.add(tf.mul(tf.addN(parts), scale), constantOf(k));
      },
    }),
  );
  return {
    vectors,
    theta,
    objectives,
    values: async () => (await Promise.all(theta.map((variable) => variable.data()))).flatMap((x) => [...x]),
    dispose: () => tf.dispose([...tensors.flat(), ...theta]),
  };
}

export function constantOf(objective: number): number {
  return 1 + objective / 2;
}

export function batchesAt(step: number, batches: number, absent: readonly number[]): readonly Batch[] {
  return Array.from({ length: batches }, (_, batch) => ({
    scale: 1 + ((step + batch) % 3) / 4,
    shift: (2 * step + batch) % 3,
    absent,
  }));
}

/** In the third and sixth step one objective is absent, if that is allowed. */
export function absentIn(step: number, count: number, least: number): readonly number[] {
  return count > least && step % 3 === 2 ? [step % count] : [];
}
