import type { Setup } from '@scalpel/core';

/** One remembered value per objective, by the name of the objective. */
export type ByObjective<Value> = Readonly<Record<string, Value>>;

/** The same value for every objective. */
export function ofEach<Value>({ rows }: Setup, value: Value): ByObjective<Value> {
  return Object.fromEntries(rows.map(({ objective }) => [objective, value]));
}

/** The remembered values, with new values for the objectives of some rows. */
export function remembering<Value>(
  before: ByObjective<Value>,
  rows: readonly { readonly objective: string }[],
  values: readonly Value[],
): ByObjective<Value> {
  const named = rows.map(({ objective }, row) => [objective, values[row]!] as const);
  return { ...before, ...Object.fromEntries(named) };
}
