import * as v from 'valibot';
import { finiteNumber, wholeNumber } from './option-schemas.ts';
import { checkOptions } from './options.ts';

/**
 * The learning rate of each step, from 0. TensorFlow.js optimizers have no schedules, so the trainer sets the
 * rate.
 */
export type Schedule = (step: number) => number;

const notNegative = v.pipe(finiteNumber, v.minValue(0));
const cosine = v.strictObject({
  rate: notNegative,
  steps: wholeNumber(1),
  warmup: v.optional(wholeNumber(0), 0),
});
const stepped = v.strictObject({
  rate: notNegative,
  at: v.array(wholeNumber(0)),
  factor: v.optional(notNegative, 0.1),
});

/**
 * Linear warm-up from rate / warmup to rate over the first `warmup` steps, then half a cosine down to 0 at
 * `steps` (Loshchilov and Hutter, arXiv 1608.03983, eq. 5, one period, η_min = 0). `rate` >= 0; `steps` from
 * 1 and `warmup` from 0 are whole numbers.
 */
export function cosineSchedule(options: { rate: number; steps: number; warmup?: number }): Schedule {
  const { rate, steps, warmup } = checkOptions('cosineSchedule', cosine, options);
  return (step) => {
    if (step < warmup) return (rate * (step + 1)) / warmup;
    const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
    return (rate * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

/** The rate times `factor` once for every step in `at` that has been reached. */
export function stepSchedule(options: { rate: number; at: readonly number[]; factor?: number }): Schedule {
  const { rate, at, factor } = checkOptions('stepSchedule', stepped, options);
  return (step) => rate * factor ** at.filter((milestone) => step >= milestone).length;
}
