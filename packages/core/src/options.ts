import type { ZodType } from 'zod';
import * as z from 'zod/mini';
import { described } from './described.ts';
import { suggestion } from './nearest.ts';

/** A schema that describes options, made with `zod` or with `zod/mini`, which adds less to a page. */
export type OptionsSchema = ZodType | z.ZodMiniType;

/**
 * The options with defaults filled in. Throws if any are wrong. The error names `owner` and lists every
 * problem on a line of its own, with the option and the reason.
 */
export function checkOptions<Schema extends OptionsSchema>(
  owner: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options ?? {}, { error: problemOf });
  if (result.success) return result.data as z.output<Schema>;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${owner}: option ${path.join('.')}: ${message}` : `${owner}: ${message}`,
  );
  throw new Error(problems.join('\n'));
}

/** Schema of an option that must be one of these values. */
export function oneOf<Value extends string>(values: readonly Value[]): z.ZodMiniType<Value> {
  return z.enum(values, {
    error: ({ input }) => `it is ${described(input)}. ${suggestion(String(input), values)}`,
  });
}

/**
 * Schema of an option that is a finite number for which `is` is true. `must` describes such numbers in the
 * error.
 */
export function numberThat(must: string, is: (value: number) => boolean): z.ZodMiniType<number> {
  return z.custom<number>((value) => Number.isFinite(value) && is(value as number), {
    error: ({ input }) => `it is ${described(input)}, but must be ${must}`,
  });
}

/** Schema of an option that is a whole number, at least `from`. */
export function wholeNumber(from: number): z.ZodMiniType<number> {
  return numberThat(`a whole number from ${from}`, (value) => Number.isSafeInteger(value) && value >= from);
}

/**
 * The message for a value that a schema refuses, at any depth. Undefined if the schema has a message of its
 * own.
 */
function problemOf(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, inst, input } = issue;
  const object = objectOf(inst);
  if (code === 'unrecognized_keys' && object) return unknownOptions(issue.keys, Object.keys(object.shape));
  if (code === 'invalid_value')
    return `it is ${described(input)}, but must be one of ${issue.values.map(described).join(', ')}`;
  if (code === 'too_small')
    return outOf(input, issue.minimum, issue.inclusive === false ? ['>', 'more than'] : ['>=', 'at least']);
  if (code === 'too_big')
    return outOf(input, issue.maximum, issue.inclusive === false ? ['<', 'fewer than'] : ['<=', 'at most']);
  if (code !== 'invalid_type') return undefined;
  const kind = object ? 'an object of options' : (KINDS[issue.expected] ?? issue.expected);
  if (input === undefined && kind !== 'an object of options') return `it is missing: give ${kind}`;
  return `it is ${described(input)}, but must be ${kind}`;
}

/**
 * The definition of an object's schema. Undefined for a schema of another kind. Zod has several ways to write
 * one.
 */
function objectOf(inst: unknown): z.core.$ZodObjectDef | undefined {
  const def = (inst as z.core.$ZodType | undefined)?._zod.def;
  return def?.type === 'object' ? (def as z.core.$ZodObjectDef) : undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  number: 'a finite number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  record: 'an object',
  object: 'an object',
};

/**
 * The end of a message about options that do not exist. It names the known option that each most likely
 * means.
 */
function unknownOptions(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `there is no option "${key}". ${suggestion(key, known)}`).join(' Also, ');
}

/** A number beyond a limit, or a list or text with too many or too few entries. */
function outOf(input: unknown, limit: number | bigint, [sign, words]: readonly [string, string]): string {
  const { length } = input as { readonly length?: number };
  return length === undefined
    ? `it is ${described(input)}, but must be ${sign} ${limit}`
    : `it has ${length} entries, but must have ${words} ${limit}`;
}
