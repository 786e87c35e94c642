import type { Setup } from '@scalpel/core';

/** The most rows of a step, as far as the setup tells: an objective that is `perExample` has any number. */
export function mostRows({ rows }: Setup): number {
  return rows.some(({ example }) => example !== undefined) ? Number.POSITIVE_INFINITY : rows.length;
}
