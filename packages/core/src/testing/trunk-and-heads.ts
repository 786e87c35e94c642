import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach } from 'vitest';
import { shared } from '../forward/shared.ts';
import type { Objective } from '../objective.ts';

// Shared by the tests of inner products at features: a trunk, three heads with a variable each, and the
// gradients of every part by TensorFlow.js itself.

export interface Examples {
  readonly x: tf.Tensor2D;
}

type Features = (batch: Examples) => tf.Tensor2D;

export let trunk: tf.Variable<tf.Rank.R2>;
export let heads: tf.Variable<tf.Rank.R2>[];
export const variablesOf = (): tf.Variable[] => [trunk, ...heads];

const random = (shape: [number, number], seed: number) =>
  tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor2D;

beforeEach(() => {
  trunk = tf.variable(random([4, 3], 1), true, 'trunk');
  heads = [2, 3, 4].map((seed, k) => tf.variable(random([3, 1], seed), true, `head${k}`));
});

afterEach(() => tf.disposeVariables());

/** A trunk with curvature. */
export const curved: Features = shared(({ x }: Examples) => tf.tanh(tf.matMul(x, trunk)) as tf.Tensor2D);
/** A linear trunk. If the rows of x are orthonormal, it keeps inner products of gradients. */
export const linear: Features = shared(({ x }: Examples) => tf.matMul(x, trunk) as tf.Tensor2D);

/** The loss of a head, from the features. */
export function headLoss(k: number, features: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.square(tf.sub(tf.matMul(features, heads[k]!), [1, -3, 2][k]!)));
}

const WEIGHTS = [1, 0.5, 2];

export function objectivesOn(features: Features): Objective<Examples>[] {
  return WEIGHTS.map((weight, k) => ({
    name: `task ${k}`,
    priority: k,
    weight,
    loss: (batch) => headLoss(k, features(batch)),
  }));
}

/** Weighted gradients of each objective, each as a list of numbers. */
export interface Separate {
  readonly losses: readonly number[];
  readonly atFeatures: readonly number[][];
  readonly ofTrunk: readonly number[][];
  readonly ofHead: readonly number[][];
}

/** The gradients of the objectives, each by a pass of its own. */
export function separately(features: Features, batch: Examples): Separate {
  const flat = (tensor: tf.Tensor, k: number) => [...tensor.dataSync()].map((x) => x * WEIGHTS[k]!);
  return tf.tidy(() => {
    const all = heads.map((head, k) => {
      const { value, grads } = tf.variableGrads(() => headLoss(k, features(batch)), [trunk, head]);
      const at = tf.grad((f) => headLoss(k, f as tf.Tensor2D))(features(batch));
      return {
        loss: value.dataSync()[0]! * WEIGHTS[k]!,
        at: flat(at, k),
        own: [trunk, head].map(({ name }) => flat(grads[name]!, k)),
      };
    });
    return {
      losses: all.map(({ loss }) => loss),
      atFeatures: all.map(({ at }) => at),
      ofTrunk: all.map(({ own }) => own[0]!),
      ofHead: all.map(({ own }) => own[1]!),
    };
  });
}

/** A batch of n examples with orthonormal rows. */
export function orthonormal(n: number): Examples {
  const turned = tf.tidy(() => tf.linalg.gramSchmidt(random([4, 4], 9)) as tf.Tensor2D);
  const x = tf.slice(turned, [0, 0], [n, -1]) as tf.Tensor2D;
  turned.dispose();
  return { x };
}

export function batchOf(n: number, seed: number): Examples {
  return { x: random([n, 4], seed) };
}
