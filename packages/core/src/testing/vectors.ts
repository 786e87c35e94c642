import type { GradientCombiner } from '../combiner.ts';
import type { ObjectivePriority } from '../protocol/setup.ts';
import { randomFrom } from '../random.ts';
import type { VectorCombination } from '../vector-engine/combine.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';

export type Vector = readonly number[];

export function dot(a: Vector, b: Vector): number {
  return a.reduce((total, x, i) => total + x * b[i]!, 0);
}

/** Σ factor · vector. */
export function sum(...terms: readonly (readonly [number, Vector])[]): number[] {
  return terms[0]![1].map((_, i) => terms.reduce((total, [factor, v]) => total + factor * v[i]!, 0));
}

/** Σ coefficient · row, with the coefficients in a list of their own. */
export function weightedSum(coefficients: Vector, rows: readonly Vector[]): number[] {
  return sum(...coefficients.map((coefficient, k) => [coefficient, rows[k]!] as const));
}

/** The part of u that is orthogonal to v; u itself if v is zero. */
export function project(u: Vector, v: Vector): number[] {
  const square = dot(v, v);
  return square === 0 ? [...u] : sum([1, u], [-dot(u, v) / square, v]);
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: Vector, b: Vector): number {
  return Math.hypot(...sum([1, a], [-1, b])) / Math.hypot(...b);
}

/**
 * A generator of matrices. Each has `rows` rows with entries uniform in [−1, 1), around means that do not
 * change.
 */
export function gradients<Rows extends readonly Vector[] = Vector[]>(
  seed: number,
  rows: number,
  width: number,
): () => Rows {
  const random = randomFrom(seed);
  const draw = () =>
    Array.from({ length: rows }, () => Array.from({ length: width }, () => 2 * random() - 1));
  const mean = draw();
  return () => draw().map((row, i) => sum([1, row], [1, mean[i]!])) as readonly Vector[] as Rows;
}

/** One objective per priority given. */
export function withPriorities(...priorities: readonly number[]): readonly ObjectivePriority[] {
  return priorities.map((priority, index) => ({ name: `objective ${index}`, priority }));
}

/** The answer of a new combiner to the last of some steps. A null row means that its objective is absent. */
export function combineVectors(
  combiner: GradientCombiner,
  priorities: readonly number[],
  ...steps: readonly (readonly (Vector | null)[])[]
): VectorCombination {
  const engine = createVectorEngine({ combiner, objectives: withPriorities(...priorities) });
  return steps.map((rows) => engine.step({ batches: [rows] })).at(-1)!;
}
