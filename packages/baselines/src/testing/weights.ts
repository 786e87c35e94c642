import { createVectorEngine, type GradientCombiner, unit } from '@scalpel/core';
import { withPriorities } from '@scalpel/core/testing';

export interface LossStep {
  /** The loss of each objective, or null if it is absent. */
  readonly losses: readonly (number | null)[];
  readonly lossesAfter?: readonly number[];
  readonly epoch?: number;
}

/**
 * The weights of a new combiner in each step, with 0 for absent objectives. The gradients are unit vectors,
 * so the weights are the elements of the direction.
 */
export function weightsOf(
  combiner: GradientCombiner,
  steps: readonly LossStep[],
  seed = 0,
): readonly number[][] {
  const count = steps[0]!.losses.length;
  const objectives = withPriorities(...new Array<number>(count).fill(0));
  const engine = createVectorEngine({ combiner, objectives, seed });
  return steps.map(({ losses, ...rest }) => {
    const rows = losses.map((loss, row) => (loss === null ? null : unit(count, row)));
    return [...engine.step({ ...rest, batches: [rows], losses: losses.map((loss) => loss ?? 1) }).direction];
  });
}

/** The weights of a single step with these losses. */
export function weightsAt(
  combiner: GradientCombiner,
  losses: readonly number[],
  seed = 0,
): readonly number[] {
  return weightsOf(combiner, [{ losses }], seed)[0]!;
}

/**
 * The derivatives of a function of the losses, by central differences of fourth order. Steps are relative to
 * each loss.
 */
export function derivatives(
  scalar: (losses: readonly number[]) => number,
  losses: readonly number[],
): number[] {
  return losses.map((loss, row) => {
    const h = 1e-3 * Math.abs(loss);
    const at = (steps: number) => scalar(losses.map((x, i) => (i === row ? loss + steps * h : x)));
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  });
}
