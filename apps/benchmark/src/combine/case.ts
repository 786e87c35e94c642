import { suggestion } from '@scalpel/core/nearest';
import { z } from 'zod';

/** Rows of equal length, one for each objective. A row is null if its objective is absent. */
type Matrix = readonly (readonly number[] | null)[];

/** The input of a combiner for one step: gradients, or batches for combiners that need several. */
export interface Step {
  readonly gradients?: Matrix | undefined;
  readonly batches?: readonly Matrix[] | undefined;
  /** One loss for each row, or for each row and batch. An objective is also absent if its loss is null. */
  readonly losses?: readonly (number | null)[] | undefined;
  readonly lossesAfter?: readonly (number | null)[] | undefined;
  readonly epoch?: number | undefined;
}

/**
 * One line of input: a single step, or a sequence of steps. The losses and epoch of the case are then
 * defaults for its steps.
 */
export interface Case extends Step {
  readonly id: string | number;
  readonly combiner: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sequence?: readonly Step[] | undefined;
  /** Default: the order of the rows. */
  readonly priorities?: readonly number[] | undefined;
  readonly weights?: readonly number[] | undefined;
  readonly seed?: number | undefined;
}

const row = z.array(z.number()).min(1, 'the row is empty');

const matrix = z
  .array(row.nullable())
  .min(1, 'there are no rows')
  .superRefine((rows, context) => {
    const first = rows.findIndex((values) => values !== null);
    for (const [index, values] of rows.entries()) {
      if (values === null || values.length === rows[first]!.length) continue;
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `the row has ${values.length} entries, but row ${first} has ${rows[first]!.length}`,
      });
    }
  });

const stepFields = {
  gradients: matrix.optional(),
  batches: z.array(matrix).min(1, 'there are no batches').optional(),
  losses: z.array(z.number().nullable()).optional(),
  lossesAfter: z.array(z.number().nullable()).optional(),
  epoch: z.int().min(0).optional(),
};

const step: z.ZodType<Step> = z
  .strictObject(stepFields)
  .refine(({ gradients, batches }) => (gradients === undefined) !== (batches === undefined), {
    error: 'give either gradients or batches',
  });

const caseFields = {
  id: z.union([z.string(), z.number()], { error: 'must be a string or a number' }),
  combiner: z.string(),
  options: z.record(z.string(), z.unknown()).default({}),
  ...stepFields,
  sequence: z.array(step).min(1, 'there are no steps').optional(),
  priorities: z.array(z.int().min(0)).optional(),
  weights: z.array(z.number().positive()).optional(),
  seed: z.int().optional(),
};

const schema: z.ZodType<Case> = z
  .strictObject(caseFields)
  .refine(
    ({ gradients, batches, sequence }) =>
      [gradients, batches, sequence].filter((given) => given !== undefined).length === 1,
    { error: 'give exactly one of gradients, batches and sequence' },
  );

/** Reads a case. Throws with its first problems, each with its field. */
export function parseCase(value: unknown): Case {
  const result = schema.safeParse(value);
  if (result.success) return checkLengths(result.data);
  const problems = result.error.issues.map(describe);
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : '';
  throw new Error(problems.slice(0, 3).join('; ') + more);
}

/** The number of objectives of a case: the rows of its first matrix. */
export function objectivesOf(given: Case): number {
  const first = given.sequence?.[0] ?? given;
  return (first.gradients ?? first.batches?.[0] ?? []).length;
}

function checkLengths(given: Case): Case {
  const count = objectivesOf(given);
  for (const field of ['priorities', 'weights'] as const) {
    const length = given[field]?.length ?? count;
    if (length !== count)
      throw new Error(`${field}: ${length} given for ${count} rows; give one for each row`);
  }
  return given;
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const where = place === '' ? '' : `${place.slice(1)}: `;
  if (issue.code !== 'unrecognized_keys') return where + issue.message;
  const known = issue.path.length === 0 ? caseFields : stepFields;
  return `${where}there is no field "${issue.keys[0]}". ${suggestion(issue.keys[0]!, Object.keys(known))}`;
}
