import { z } from 'zod';
import type { Json } from './canonical.ts';

/** How the settings of an entry's methods are searched. Each method that says what to `tune` has its trials. */
export interface Tuning {
  /** The number of trials of each method, the same for all. */
  readonly trials: number;
  /** Each trial runs with each of these seeds. None of them is reported. The first one also moves the design. */
  readonly seeds: readonly number[];
  /** Factors on the task's own learning rate. */
  readonly rate: Range;
  /** The number of points of the learning curves of the reported runs. Default: none. */
  readonly curve?: number;
  /**
   * True: beside each chosen setting also stand fixed weights, the means of those that its trials ended up
   * using. So a method is credited only with what fixed weights cannot do.
   */
  readonly meanWeights?: boolean;
}

/**
 * What the trials of a method vary beside the learning rate. The first trial has lambda 0; without lambda it
 * has the method's own values and the task's rate. Half of the trials vary lambda alone, at the task's rate.
 */
export interface Search {
  /** Options of the combiner. */
  readonly options?: Readonly<Record<string, Values>>;
  /** Options of the task, such as weight decay. */
  readonly task?: Readonly<Record<string, Values>>;
  /** Early stopping: evaluations without a lower main loss on validation data. Null: the full length. */
  readonly patience?: readonly (number | null)[];
  /** False: all trials have the task's own learning rate. */
  readonly rate?: false;
}

/** Values to try: a range, or a list. In a list null stands for the option left out. */
export type Values = Range | readonly Json[];

/** Numbers from one to another, with three digits: evenly spaced, or evenly in their logarithms. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly scale: 'linear' | 'log';
}

const range = z
  .strictObject({
    from: z.number('must be a finite number'),
    to: z.number('must be a finite number'),
    scale: z.enum(['linear', 'log'], 'must be "linear" or "log"'),
  })
  .refine(({ from, to }) => from < to, 'must go from a lower number to a higher one')
  .refine(({ from, scale }) => scale === 'linear' || from > 0, 'must begin above 0 on a scale of logarithms');

const values = z.union(
  [range, z.array(z.json()).min(2)],
  'must be { from, to, scale } or a list of two or more values',
);

const search = z.record(z.string(), values, 'must be an object of ranges and lists');

/** The schema of a method's search. */
export const searchSchema: z.ZodType<Search> = z.strictObject(
  {
    options: search.exactOptional(),
    task: search.exactOptional(),
    patience: z
      .array(z.int().positive().nullable(), 'must be a list of whole numbers from 1, and null')
      .min(1)
      .exactOptional(),
    rate: z.literal(false, 'must be false, or left out').exactOptional(),
  },
  'must be an object',
);

/** The schema of an entry's tuning, with the schema of its seeds. */
export function tuningSchema(seeds: z.ZodType<readonly number[]>): z.ZodType<Tuning> {
  return z.strictObject(
    {
      trials: z.int('must be a whole number').min(2, 'must be at least 2'),
      seeds,
      rate: range,
      curve: z.int().positive().exactOptional(),
      meanWeights: z.boolean().exactOptional(),
    },
    'must be an object',
  );
}

/** Throws if a seed is reported and used for tuning. */
export function checkSeeds(reported: readonly number[], tuning: Tuning | undefined): void {
  const both = tuning?.seeds.filter((seed) => reported.includes(seed)) ?? [];
  if (both.length === 0) return;
  throw new Error(
    `seed ${both.join(', ')} would choose settings and report them as well. Report other seeds than those of \`tuning\`.`,
  );
}
