import * as z from 'zod/mini';
import { termsOf } from '../coefficients.ts';
import type { GradientCombiner, GramianCombiner, GramianStep } from '../combiner.ts';
import { checkOptions, numberThat } from '../options.ts';
import { answerTo, ungrouped } from './inner.ts';

const clippedOptions = z.strictObject({ norm: numberThat('a positive number', (x) => x > 0) });

/**
 * Scales the direction down to at most `norm` in length: d · min(1, norm / ‖d‖). Remembered rows are not
 * touched. A direction that nearly cancels counts as long as the precision of the inner products allows.
 * Under `perLayer` the length is that of each layer.
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

/** The length of a combination of the rows or, where they nearly cancel, the longest that it may be. */
function longestOf({ gramian, precision }: GramianStep, coefficients: readonly number[]): number {
  const square = gramian.inner(coefficients, coefficients);
  const terms = termsOf(gramian, coefficients);
  return Math.sqrt(Math.max(square, 10 * precision * terms ** 2));
}
