import { z } from 'zod';
import { suggestion } from './nearest.ts';

/**
 * The options with defaults filled in. Throws with every problem on a line of its own:
 * what was wrong, in which option, of whom.
 */
export function checkOptions<Options>(owner: string, schema: z.ZodType<Options>, options: unknown): Options {
  const result = schema.safeParse(options ?? {}, { error: unknownOption });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${owner}: option ${path.join('.')}: ${message}` : `${owner}: ${message}`,
  );
  throw new Error(problems.join('\n'));
}

/** What an option that does not exist most likely means, at whatever depth it is. */
function unknownOption({ code, inst, ...issue }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'unrecognized_keys' || !(inst instanceof z.ZodObject)) return undefined;
  const known = Object.keys(inst.shape);
  const problems = (issue.keys as string[]).map(
    (key) => `there is no option "${key}". ${suggestion(key, known)}`,
  );
  return problems.join(' Also, ');
}
