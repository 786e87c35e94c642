import type { StandardSchemaV1 } from '@standard-schema/spec';
import type * as v from 'valibot';
import { type Answer, answerOfValibot } from './option-problems.ts';

/**
 * A schema that describes options. It may be of any library that follows Standard Schema, such as Valibot or
 * Zod.
 */
export type OptionsSchema = StandardSchemaV1;

/**
 * The options with defaults filled in. Throws if any are wrong. The error names `owner` and lists every
 * problem on a line of its own, with the option and the reason. The reasons are in our words for a schema of
 * Valibot, and in the words of its library for any other.
 */
export function checkOptions<Schema extends OptionsSchema>(
  owner: string,
  schema: Schema,
  options: unknown,
): StandardSchemaV1.InferOutput<Schema> {
  const { problems, value } = answerOf(owner, schema, options ?? {});
  if (!problems) return value as StandardSchemaV1.InferOutput<Schema>;
  const lines = problems.map(({ path, message }) =>
    path.length > 0 ? `${owner}: option ${path.join('.')}: ${message}` : `${owner}: ${message}`,
  );
  throw new Error(lines.join('\n'));
}

function answerOf(owner: string, schema: OptionsSchema, options: unknown): Answer {
  const { vendor, validate } = schema['~standard'];
  if (vendor === 'valibot') return answerOfValibot(schema as v.GenericSchema, options);
  const answer = validate(options);
  if ('then' in answer) {
    throw new Error(
      `${owner}: the schema of its options answers with a promise, but options are checked at once. Take asynchronous checks out of it.`,
    );
  }
  if (!answer.issues) return answer;
  const problems = answer.issues.map(({ path = [], message }) => ({
    path: path.map((part) => (typeof part === 'object' ? part.key : part)),
    message,
  }));
  return { problems };
}
