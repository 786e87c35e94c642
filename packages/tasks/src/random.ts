import { normal, randomFrom } from '@scalpel/core';

/** `count` normal numbers with mean 0 and this standard deviation, determined by the seeds. */
export function normals(count: number, deviation: number, ...seeds: readonly number[]): Float32Array {
  const random = randomFrom(...seeds);
  return Float32Array.from({ length: count }, () => deviation * normal(random));
}

/**
 * Seeds of the generators of one task, by their purpose. They are distinct, so no generator repeats another.
 */
export const STREAM = {
  weights: 1,
  data: 2,
  order: 3,
  heads: 4,
  placement: 5,
  second: 6,
  split: 7,
  dropout: 8,
} as const;

/** More of these numbers. They are apart because the code of all tasks depends on those above. */
export const LABEL_STREAM = { wrong: 9, frequency: 10 } as const;
