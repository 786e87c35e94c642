import type { Forward } from '../forward/forward.ts';
import { NonFiniteError } from '../non-finite.ts';
import { NonFiniteRow } from '../rows/rows.ts';

type StepRows = Pick<Forward, 'step' | 'rows'>;

/**
 * The losses of the rows, if all of them are finite.
 * @throws NonFiniteError
 */
export function finiteLosses({ step, rows }: StepRows, losses: readonly number[]): readonly number[] {
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw new NonFiniteError(step, rows[bad]!, null);
  return losses;
}

/**
 * The result of a pass over the gradients. If a loss is not finite, the error names the loss first. It names
 * the example only if `tellsExample`: a pass of one example goes through the operations of all, and 0 · ∞ is
 * NaN.
 * @throws NonFiniteError, or NonFiniteRow for a row that is not the gradient of an objective
 */
export async function finiteRows<Value>(
  pass: Promise<Value>,
  forward: StepRows,
  variables: readonly { readonly name: string }[],
  tellsExample: (row: number, variable: number) => boolean = () => false,
): Promise<Value> {
  try {
    return await pass;
  } catch (error) {
    if (error instanceof NonFiniteRow) {
      if (error.scalars.length > 0) finiteLosses(forward, error.scalars);
      const row = forward.rows[error.row];
      if (row) {
        const { example: _, ...objective } = row;
        const cause = tellsExample(error.row, error.variable) ? row : objective;
        throw new NonFiniteError(forward.step, cause, variables[error.variable]!.name);
      }
    }
    throw error;
  }
}
