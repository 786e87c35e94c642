import type { z } from 'zod';

/**
 * The options with defaults filled in. Throws with every problem on a line of its own:
 * what was wrong, in which option, of whom.
 */
export function checkOptions<Options>(owner: string, schema: z.ZodType<Options>, options: unknown): Options {
  const result = schema.safeParse(options ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ code, path, message }) => {
    if (path.length > 0) return `${owner}: option ${path.join('.')}: ${message}`;
    return `${owner}: ${message}${code === 'unrecognized_keys' ? known(schema) : ''}`;
  });
  throw new Error(problems.join('\n'));
}

/** The names of all options, where the schema is that of an object. */
function known(schema: z.ZodType): string {
  if (!('shape' in schema)) return '';
  const names = Object.keys(schema.shape as object);
  return names.length === 0 ? '. There are none.' : `. Known: ${names.join(', ')}.`;
}
