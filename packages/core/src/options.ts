import type { z } from 'zod';

/**
 * The options with defaults filled in. Throws with every problem on a line of its own:
 * what was wrong, in which option, of whom.
 */
export function checkOptions<Options>(owner: string, schema: z.ZodType<Options>, options: unknown): Options {
  const result = schema.safeParse(options ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? `${owner}: ${message}` : `${owner}: option ${path.join('.')}: ${message}`,
  );
  throw new Error(problems.join('\n'));
}
