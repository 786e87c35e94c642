import { finiteNumber, type Setup, type StepContext } from '@scalpel/core';
import * as v from 'valibot';

/** One number for all objectives, or one per objective in the order in which they were given. */
export type PerObjective = number | readonly number[];

export const perObjective: v.GenericSchema<PerObjective> = v.union(
  [finiteNumber, v.array(finiteNumber)],
  'Give a number, or a list with one per objective',
);

/** Throws if a list does not have one number per objective. The error names `owner` and `option`. */
export function checkPerObjective(owner: string, option: string, value: PerObjective, { rows }: Setup): void {
  if (typeof value === 'number' || value.length === rows.length) return;
  throw new Error(
    `${owner}: ${option} has ${value.length} numbers for ${rows.length} objectives. Give one per objective, in their order, or a single number for all.`,
  );
}

/** The numbers of the objectives present, one per row. */
export function numbersOf(
  value: PerObjective,
  { setup, rows }: Pick<StepContext<unknown>, 'setup' | 'rows'>,
): number[] {
  if (typeof value === 'number') return rows.map(() => value);
  const names = setup.rows.map(({ objective }) => objective);
  return rows.map(({ objective }) => value[names.indexOf(objective)]!);
}
