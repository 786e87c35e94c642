import { type GradientCombiner, randomFrom } from '@scalpel/core';
import { combineVectors, relativeError } from '@scalpel/core/testing';

/** The largest relative change of direction / scale, for gradients that are scaled by 1e-10 to 1e10. */
export function scaleError(combiner: GradientCombiner, priorities: readonly number[]): number {
  const random = randomFrom(17);
  const steps = [0, 1, 2].map(() => priorities.map(() => Array.from({ length: 6 }, () => random() - 0.5)));
  const at = (scale: number) => {
    const scaled = steps.map((rows) => rows.map((row) => row.map((x) => x * scale)));
    return combineVectors(combiner, priorities, ...scaled).direction.map((x) => x / scale);
  };
  const plain = at(1);
  return Math.max(...[1e-10, 1e-5, 1e5, 1e10].map((scale) => relativeError(at(scale), plain)));
}
