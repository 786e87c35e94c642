import { createVectorEngine, type GradientCombiner, unit } from '@scalpel/core';
import { withPriorities } from '@scalpel/core/testing';

export interface LossStep {
  /** Null where an objective is absent. */
  readonly losses: readonly (number | null)[];
  readonly lossesAfter?: readonly number[];
  readonly epoch?: number;
}

/**
 * The weights with which a new combiner answers each step, 0 for absent objectives: with unit vectors as
 * gradients, the direction is made of them.
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

/** The weights of the only step, on these losses. */
export function weightsAt(
  combiner: GradientCombiner,
  losses: readonly number[],
  seed = 0,
): readonly number[] {
  return weightsOf(combiner, [{ losses }], seed)[0]!;
}

/**
 * The derivatives of a function of the losses, by central differences of fourth order with steps relative to
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
