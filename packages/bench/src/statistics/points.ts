import { checkNumbers } from '@scalpel/core';

/** The losses of one model, all to be minimised. */
export type Losses = readonly number[];

/** Two losses: a point of a plane. */
export type Point = readonly [number, number];

/**
 * Checks points, given by the names of the arguments of `owner`. Throws unless all losses are finite and all
 * points have the same number of them.
 */
export function checkPoints(owner: string, given: Readonly<Record<string, readonly Losses[]>>): void {
  checkNumbers(owner, given);
  const all = Object.entries(given).flatMap(([name, points]) =>
    points.map((point, index) => ({ name: `${name}[${index}]`, count: point.length })),
  );
  const other = all.find(({ count }) => count !== all[0]!.count);
  if (other) {
    throw new Error(
      `${owner}: ${other.name} has ${other.count} losses and ${all[0]!.name} has ${all[0]!.count}. Give all the same.`,
    );
  }
}
