import type { StepContext } from '@scalpel/core';

/** Throws if a loss is not positive, because the method `owner` takes its logarithm. */
export function checkPositiveLosses(owner: string, { rows, losses }: StepContext<unknown>): void {
  for (const [row, loss] of losses.entries()) {
    if (loss > 0) continue;
    throw new Error(
      `${owner}: the loss of "${rows[row]!.objective}" is ${loss}, but must be > 0, because its logarithm is taken. ` +
        'Add a constant to the loss that keeps it positive, or use a method that takes any loss, such as mixed.',
    );
  }
}
