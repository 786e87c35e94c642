import type { Evaluation, Task, TaskDefinition } from '@scalpel/core';
import { z } from 'zod';

const callable = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function');
const count = z.int('must be a whole number from 1').min(1, 'must be a whole number from 1');
const variable = z.custom(
  (value) => typeof (value as { readonly assign?: unknown } | null)?.assign === 'function',
  'must be a tf.Variable',
);

const task = z.looseObject(
  {
    objectives: z
      .array(
        z.looseObject({ name: z.string('must be text'), loss: callable }, 'must be an object'),
        'must be a list',
      )
      .min(1, 'must hold an objective'),
    variables: z.array(variable, 'must be a list').min(1, 'must hold a variable'),
    optimizer: callable,
    schedule: callable.optional(),
    steps: count,
    stepsPerEpoch: count,
    batch: callable,
    evaluate: callable,
    position: callable.optional(),
    dispose: callable,
  },
  'must be an object',
);

const values = z.record(
  z.string(),
  z.union([z.number(), z.nan(), z.literal([Infinity, -Infinity])], 'must be a number'),
  'must be an object of numbers by name',
);
const evaluation = z.looseObject(
  { train: values, validation: values.optional(), test: values.optional(), metrics: values.optional() },
  'must be an object',
);

/** Throws unless `create` of a definition returned a task. The message lists every problem of its shape. */
export function checkTask(value: unknown, { id }: TaskDefinition): asserts value is Task {
  check(task, value, `Task "${id}"`, 'the task that create returns');
}

/**
 * Throws unless a task reports a number for each objective. Numbers may be NaN or infinite, since the run has
 * then diverged.
 */
export function checkEvaluation(
  value: unknown,
  { id, objectives }: TaskDefinition,
): asserts value is Evaluation {
  const where = 'what evaluate returns';
  check(evaluation, value, `Task "${id}"`, where);
  const missing = objectives.find((name) => !Object.hasOwn((value as Evaluation).train, name));
  if (missing !== undefined) throw new Error(`Task "${id}": ${where}: train has no value for "${missing}".`);
}

function check(schema: z.ZodType, value: unknown, owner: string, where: string): void {
  const result = schema.safeParse(value);
  if (result.success) return;
  const problems = result.error.issues.map(({ path, message }) => {
    const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
    const what =
      typeof found === 'string'
        ? JSON.stringify(found)
        : typeof found === 'object'
          ? 'another value'
          : String(found);
    return `${path.length === 0 ? 'it' : path.join('.')} ${message}, but is ${found === null ? 'null' : what}`;
  });
  throw new Error(`${owner}: ${where}: ${problems.join('; ')}.`);
}
