import type { OptionsSchema, Plugin } from '@scalpel/core';
import { z } from 'zod';

const callable = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function');

const common = {
  id: z
    .string('must be a string')
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower case words joined by hyphens, such as "my-method"'),
  title: z.string('must be a string').min(1, 'must not be empty'),
  summary: z.string('must be a string'),
  version: z.int('must be a whole number from 1').min(1, 'must be a whole number from 1'),
};

// A plugin may bring any library of schemas, or its own copy of one.
const schema = z.custom<OptionsSchema>(
  (value) => typeof (value as Partial<OptionsSchema> | null)?.['~standard']?.validate === 'function',
  'must be a schema that follows Standard Schema, such as v.strictObject({}) of Valibot',
);

const names = z.array(z.string('must be a string'), 'must be a list of strings');

const combiner = z.looseObject({ ...common, options: schema, guarantees: names, create: callable });
const task = z.looseObject({
  ...common,
  options: schema,
  objectives: names.min(1, 'must name at least one objective'),
  measures: names.optional(),
  create: callable,
  landscape: callable.optional(),
});
const backend = z.looseObject({ ...common, probe: callable, start: callable });

const list = <Item extends z.ZodType>(item: Item) => z.array(item, 'must be a list').optional();

const plugin = z.strictObject(
  {
    name: z.string('must be a string').min(1, 'must not be empty'),
    combiners: list(combiner),
    tasks: list(task),
    backends: list(backend),
  },
  {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys' ? `has no field ${keys?.join(', ')}` : 'must be an object',
  },
);

/** Throws unless a value is a plugin. The message lists every problem of its shape. */
export function checkPlugin(value: unknown): asserts value is Plugin {
  const result = plugin.safeParse(value);
  if (result.success) return;
  const name = (value as Partial<Plugin> | null | undefined)?.name;
  const who = typeof name === 'string' ? `Plugin "${name}"` : 'A value given as a plugin';
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? `it ${message}` : `${path.join('.')} ${message}`,
  );
  throw new Error(
    `${who} does not have the shape of one: ${problems.join('; ')}. ` +
      'A plugin is { name, combiners?, tasks?, backends? }: make it with definePlugin of @scalpel/core.',
  );
}
