import type { Problem } from './problems.ts';

/** The last step, with each objective's gradients and loss multiplied by a factor. */
export function scaled(problem: Problem, factors: readonly number[]): Problem {
  const last = problem.steps.at(-1)!;
  const times = (losses: readonly number[] | undefined) => losses!.map((loss, k) => loss * factors[k]!);
  const step = {
    ...last,
    batches: last.batches.map((rows) => rows.map((row, k) => row!.map((x) => x * factors[k]!))),
    losses: times(last.losses),
    lossesAfter: times(last.lossesAfter),
  };
  return { ...problem, steps: [...problem.steps.slice(0, -1), step] };
}

/** The objectives in another order, together with their gradients and losses. */
export function permuted(problem: Problem, order: readonly number[]): Problem {
  const moved = <Value>(values: readonly Value[]) => order.map((index) => values[index]!);
  return {
    ...problem,
    objectives: moved(problem.objectives),
    steps: problem.steps.map((step) => ({
      ...step,
      batches: step.batches.map(moved),
      losses: moved(step.losses!),
      lossesAfter: moved(step.lossesAfter!),
    })),
  };
}

export function ascending({ objectives }: Problem): number[] {
  return [...objectives.keys()];
}

export function rotated(order: readonly number[]): number[] {
  return [...order.slice(1), order[0]!];
}
