import type { Forward } from '../forward/forward.ts';

/** Variables whose gradients took one backward pass for each example of an objective. */
export interface ExamplePasses {
  readonly objective: string;
  /** Names of the variables. */
  readonly variables: readonly string[];
  /** The reason: the operation that has no rule, or lets examples meet. */
  readonly because: string;
}

/** The same with the positions of the variables. */
export type ExamplePassesAt = Omit<ExamplePasses, 'variables'> & { readonly variables: readonly number[] };

/** One entry for each objective that is `perExample`, with all variables that it reaches. */
export function passesOfAll(
  { rows }: Pick<Forward, 'rows'>,
  reached: readonly (readonly boolean[])[],
  because: string,
): readonly ExamplePassesAt[] {
  return rows.flatMap(({ objective, batch, example }, row) => {
    if (example !== 0 || batch !== 0) return [];
    const variables = reached[row]!.flatMap((isReached, variable) => (isReached ? [variable] : []));
    return [{ objective, variables, because }];
  });
}
