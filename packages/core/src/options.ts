import { z } from 'zod';
import { described } from './described.ts';
import { suggestion } from './nearest.ts';

/**
 * The options with defaults filled in. Throws with every problem on a line of its own:
 * what was wrong, in which option, of whom.
 */
export function checkOptions<Options>(owner: string, schema: z.ZodType<Options>, options: unknown): Options {
  const result = schema.safeParse(options ?? {}, { error: problemOf });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${owner}: option ${path.join('.')}: ${message}` : `${owner}: ${message}`,
  );
  throw new Error(problems.join('\n'));
}

/** Schema of an option that is one of these. */
export function oneOf<Value extends string>(values: readonly Value[]): z.ZodType<Value> {
  return z.enum(values, {
    error: ({ input }) => `it is ${described(input)}. ${suggestion(String(input), values)}`,
  });
}

/** Schema of an option that is a finite number of this kind. */
export function numberThat(must: string, is: (value: number) => boolean): z.ZodType<number> {
  return z.custom<number>((value) => Number.isFinite(value) && is(value as number), {
    error: ({ input }) => `it is ${described(input)}, but must be ${must}`,
  });
}

/** Schema of an option that is a whole number, from this one on. */
export function wholeNumber(from: number): z.ZodType<number> {
  return numberThat(`a whole number from ${from}`, (value) => Number.isSafeInteger(value) && value >= from);
}

/** In our words, at whatever depth: no options at all, and what one that does not exist most likely means. */
function problemOf({ code, inst, input, ...issue }: z.core.$ZodRawIssue): string | undefined {
  if (!(inst instanceof z.ZodObject)) return undefined;
  if (code === 'invalid_type') return `it is ${described(input)}, but must be an object of options`;
  if (code !== 'unrecognized_keys') return undefined;
  const known = Object.keys(inst.shape);
  const problems = (issue.keys as string[]).map(
    (key) => `there is no option "${key}". ${suggestion(key, known)}`,
  );
  return problems.join(' Also, ');
}
