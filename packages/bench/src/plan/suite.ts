import { z } from 'zod';
import type { Json } from './canonical.ts';

/** What is compared: tasks, the methods run on each, and how the outcome is drawn and scored. */
export interface Suite {
  /** Lower case with hyphens. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the head of the leaderboard. */
  readonly summary: string;
  readonly entries: readonly SuiteEntry[];
  /** Pictures of how a loss depends on two options: entries differ in one of the task's, and a method of theirs sweeps the other. */
  readonly maps?: readonly SuiteMap[];
}

/** A map of a loss over two options, both of them positive numbers. */
export interface SuiteMap {
  /** Label of the method: entries without it have no part in the map. */
  readonly method: string;
  /** Option of the task. */
  readonly across: string;
  /** Option of the combiner. */
  readonly up: string;
  /** Its loss on the data trained on is what the map shows. */
  readonly objective: string;
  /** Where theory says that the best value up grows as a power of the value across: that power. */
  readonly exponent?: number;
}

/** One task and everything that is run on it. */
export interface SuiteEntry {
  /** Id of the task. */
  readonly task: string;
  /** Heading in tables; default: the task's title. */
  readonly title?: string;
  readonly options?: Options;
  /** Every method is run with each of them. */
  readonly seeds: readonly number[];
  /** The two objectives of the plane, horizontal first. The first is what "best" means in the tables: the main one. */
  readonly axes: readonly [Axis, Axis];
  /** Objectives beside those of the plane: a table has the hypervolume in all of them. */
  readonly further?: readonly Omit<Axis, 'scale'>[];
  readonly methods: readonly Method[];
  /**
   * Multiplies the task's learning rate, run by run: for SGD, whose step grows with the strength of the lesser levels. All methods with a `lambda` (several are added up) get the same
   * one for the same lambda, others keep the task's. Default: the task's rate for all.
   */
  readonly rate?: '1 / (1 + lambda)';
  /** What is different at full size (`--full`): as a rule that of the experiment it is taken from. */
  readonly full?: {
    readonly title?: string;
    /** Laid over `options`. */
    readonly options?: Options;
    readonly seeds?: readonly number[];
    /** Instead of the small size's: with finer sweeps, or an average that is as long as the run wants it. */
    readonly methods?: readonly Method[];
  };
}

/** One objective of the plane that fronts are drawn in. */
export interface Axis {
  readonly objective: string;
  /**
   * Reference point of the hypervolume, in the units of the loss: worse values do not count. Fixed once for all methods, best a little
   * worse than the worst value of plain mixing.
   */
  readonly reference: number;
  /** How it is drawn; the hypervolume is always that of the losses themselves. Default: linear. */
  readonly scale?: 'linear' | 'log';
}

/** A combiner as it is shown in tables: at one setting, or at every value of one swept option. */
export interface Method {
  /** Name in tables and plots, unique within the entry. */
  readonly label: string;
  /** Id of the combiner. */
  readonly combiner: string;
  readonly options?: Options;
  /** One option and its values: { lambda: [0.01, 0.1, 1] }. */
  readonly sweep?: Readonly<Record<string, readonly Json[]>>;
}

export type Options = Readonly<Record<string, Json>>;

const text = z.string('must be text').min(1, 'must not be empty');
const options = z.record(z.string(), z.json('must be JSON'), 'must be an object').optional();
const distinct = (items: readonly unknown[]) =>
  new Set(items.map((item) => JSON.stringify(item))).size === items.length;

const axis = z.strictObject({
  objective: text,
  reference: z.number('must be a finite number'),
  scale: z.enum(['linear', 'log'], 'must be "linear" or "log"').optional(),
});

const method = z.strictObject({
  label: text,
  combiner: text,
  options,
  sweep: z
    .record(
      z.string(),
      z.array(z.json(), 'must be a list').min(1, 'must hold a value').refine(distinct, 'holds a value twice'),
      'must be an object',
    )
    .refine(
      (sweep) => Object.keys(sweep).length === 1,
      'must have exactly one option, such as { lambda: [0.1, 1] }',
    )
    .optional(),
});

const seeds = z
  .array(z.int('must be a whole number').min(0, 'must not be negative'), 'must be a list of whole numbers')
  .min(1, 'must hold a seed')
  .refine(distinct, 'holds a seed twice');

const methods = z
  .array(method, 'must be a list')
  .min(1, 'must hold a method')
  .refine((methods) => distinct(methods.map(({ label }) => label)), 'holds two methods of one label');

const entry = z.strictObject({
  task: text,
  title: text.optional(),
  options,
  seeds,
  rate: z.literal('1 / (1 + lambda)', 'must be "1 / (1 + lambda)"').optional(),
  full: z
    .strictObject(
      { title: text.optional(), options, seeds: seeds.optional(), methods: methods.optional() },
      'must be an object',
    )
    .optional(),
  axes: z
    .tuple([axis, axis], 'must be two axes, horizontal first')
    .refine(([x, y]) => x.objective !== y.objective, 'must be two different objectives'),
  further: z
    .array(axis.omit({ scale: true }), 'must be a list of objectives with their references')
    .min(1, 'must hold an objective')
    .optional(),
  methods,
});

const map = z.strictObject({
  method: text,
  across: text,
  up: text,
  objective: text,
  exponent: z.number('must be a finite number').optional(),
});

const suite = z.strictObject({
  id: z
    .string('must be text')
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower case words joined by hyphens'),
  title: text,
  summary: text,
  entries: z.array(entry, 'must be a list').min(1, 'must hold a task'),
  maps: z.array(map, 'must be a list').optional(),
});

/** Checks the shape of a suite and freezes it. That its tasks, combiners and options exist is checked when it is planned. */
export function defineSuite(value: Suite): Suite {
  return checkSuite(value, 'The suite');
}

/** The same for a value from elsewhere, such as the default export of a file; `source` says where it came from. */
export function checkSuite(value: unknown, source: string): Suite {
  const result = suite.safeParse(value);
  if (result.success) return freeze(result.data as Suite);
  const problems = result.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'it' : z.core.toDotPath(issue.path);
    if (issue.code === 'unrecognized_keys') return `${where} has no field ${issue.keys.join(', ')}`;
    return `${where} ${issue.path.length === 0 ? 'must be an object' : issue.message}`;
  });
  throw new Error(
    `${source} does not have the shape of a suite: ${problems.join('; ')}. ` +
      'Make it with defineSuite({ id, title, summary, entries }) of @scalpel/bench.',
  );
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
  }
  return value;
}
