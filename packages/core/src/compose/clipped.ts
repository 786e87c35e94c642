import * as v from 'valibot';
import { termsOf } from '../coefficients.ts';
import type { GradientCombiner, GramianCombiner, GramianStep } from '../combiner.ts';
import { finiteNumber } from '../option-schemas.ts';
import { checkOptions } from '../options.ts';
import { answerTo, ungrouped } from './inner.ts';

const clippedOptions = v.strictObject({ norm: v.pipe(finiteNumber, v.gtValue(0)) });

/**
 * Limits the length of the direction to `norm`: d · min(1, norm / ‖d‖). Remembered rows do not change. If the
 * terms of the direction nearly cancel, its length counts as the longest that the precision of the inner
 * products allows. Under `perLayer` the limit applies to each layer.
 */
export function clipped(combiner: GradientCombiner, options: { readonly norm: number }): GramianCombiner {
  const { norm } = checkOptions('clipped', clippedOptions, options);
  const inner = ungrouped('clipped', combiner);
  return {
    ...inner,
    name: `clipped(${inner.name})`,
    combine(step) {
      const answer = answerTo(inner, step);
      const length = longestOf(step, answer.coefficients);
      const most = norm / (step.unit ?? 1);
      if (length <= most) return answer;
      return { ...answer, coefficients: answer.coefficients.map((c) => (c * most) / length) };
    },
  };
}

/** The length of a combination of the rows. If its terms nearly cancel, the largest possible length. */
function longestOf({ gramian, precision }: GramianStep, coefficients: readonly number[]): number {
  const square = gramian.inner(coefficients, coefficients);
  const terms = termsOf(gramian, coefficients);
  return Math.sqrt(Math.max(square, 10 * precision * terms ** 2));
}
