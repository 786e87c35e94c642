import * as v from 'valibot';
import type { GradientCombiner, GradientRow, GramianCombiner } from '../combiner.ts';
import { finiteNumber } from '../option-schemas.ts';
import { checkOptions } from '../options.ts';
import { memoryAfter } from '../protocol/answers.ts';
import { answerTo, ungrouped } from './inner.ts';

interface SmoothedMemory {
  readonly inner: unknown;
  /** Average coefficients, by the key of their row. */
  readonly average: Readonly<Record<string, number>>;
}

const smoothedOptions = v.strictObject({
  decay: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0.9),
});

/**
 * CR-MOGM (Zhou et al., "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond",
 * NeurIPS 2022, alg. 1): replaces the coefficients by their moving average κ·old + (1 − κ)·new, which starts
 * at the first coefficients. An absent objective keeps its average.
 */
export function smoothed(
  combiner: GradientCombiner,
  options: { readonly decay?: number } = {},
): GramianCombiner<SmoothedMemory> {
  const { decay } = checkOptions('smoothed', smoothedOptions, options);
  const inner = ungrouped('smoothed', combiner);
  const { after, ...rest } = inner;
  return {
    ...rest,
    ...(after && {
      after: (step) => ({
        ...step.memory,
        inner: memoryAfter(inner, { ...step, memory: step.memory.inner }),
      }),
    }),
    name: `smoothed(${inner.name})`,
    memoryOf: 'rows',
    init: (setup) => ({ inner: inner.init?.(setup) ?? null, average: {} }),
    combine(step) {
      const answer = answerTo(inner, { ...step, memory: step.memory.inner });
      const keys = answer.coefficients.map((_, index) => rowKey(step.rows[index], index - step.rows.length));
      const coefficients = answer.coefficients.map((c, index) => {
        const before = step.memory.average[keys[index]!];
        return before === undefined ? c : decay * before + (1 - decay) * c;
      });
      const average = { ...step.memory.average };
      for (const [index, key] of keys.entries()) average[key] = coefficients[index]!;
      return { ...answer, coefficients, memory: { inner: answer.memory ?? step.memory.inner, average } };
    },
  };
}

function rowKey(row: GradientRow | undefined, remembered: number): string {
  return row ? `${row.objective} (batch ${row.batch})` : `remembered ${remembered}`;
}
