import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from '../objective.ts';
import type { ObjectivePriority } from '../protocol/setup.ts';
import { randomFrom } from '../random.ts';
import type { Vector } from './vectors.ts';

export interface Batch {
  /** A factor of the gradients. */
  readonly scale: number;
  /** The offset between the position of an objective and the position of its gradient among the vectors. */
  readonly shift: number;
  readonly absent: readonly number[];
}

/** Losses cₖ + scale · ⟨θ, vₖ⟩, with exactly known gradients. */
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
  // The vectors have lengths of about 1 and are almost orthogonal, apart from a common part that makes some
  // conflict.
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

/** The objectives that are absent in a step: one in the third and sixth step, if that is allowed. */
export function absentIn(step: number, count: number, least: number): readonly number[] {
  return count > least && step % 3 === 2 ? [step % count] : [];
}
