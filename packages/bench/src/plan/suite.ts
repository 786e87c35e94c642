import { z } from 'zod';
import type { Json } from './canonical.ts';
import { type Search, searchSchema, type Tuning, tuningSchema } from './tuning.ts';

/** A comparison: tasks, the methods to run on each, and the way results are drawn and scored. */
export interface Suite {
  /** The id, in lower case with hyphens. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the top of the leaderboard. */
  readonly summary: string;
  readonly entries: readonly SuiteEntry[];
  /**
   * Maps of a loss over two options. The entries of a map differ in one option of the task, and their method
   * sweeps the other option.
   */
  readonly maps?: readonly SuiteMap[];
}

/** A map of a loss over two options, both positive numbers. */
export interface SuiteMap {
  /** The label of the method. The map leaves out entries without it. */
  readonly method: string;
  /** The option of the task, on the horizontal axis. */
  readonly across: string;
  /** The option of the combiner, on the vertical axis. */
  readonly up: string;
  /** The objective whose loss on the training data is drawn. */
  readonly objective: string;
  /** The power at which theory expects the best value up to grow with the value across. */
  readonly exponent?: number;
}

/** One task and all methods that run on it. */
export interface SuiteEntry {
  /** The id of the task. */
  readonly task: string;
  /** The heading in tables; default: the title of the task. */
  readonly title?: string;
  readonly options?: Options;
  /** Every method runs with each of these seeds. */
  readonly seeds: readonly number[];
  /**
   * The two objectives of the plane, horizontal first, or measures of the task. The first one is the main
   * objective, to which "best" refers in tables.
   */
  readonly axes: readonly [Axis, Axis];
  /** Objectives beside those of the plane. A table then has the hypervolume in all of them. */
  readonly further?: readonly Omit<Axis, 'scale' | 'unit'>[];
  readonly methods: readonly Method[];
  /** The search for the settings of those methods that say what to `tune`. */
  readonly tuning?: Tuning;
  /** What is expected, written before the runs. Its hash is in every record. */
  readonly expected?: string;
  /**
   * For tasks whose objectives have priorities: the board then begins with the price of the auxiliary
   * objective. Without it the objectives count as equals.
   */
  readonly price?: PriceRule;
  /**
   * A factor on the task's learning rate, for each run. It is meant for SGD, whose step grows with the
   * weights of the lesser levels. Lambda is the method's option, or the sum over its levels: methods with the
   * same lambda get the same factor, and methods without lambda keep the task's rate. Default: the task's
   * rate for all.
   */
  readonly rate?: '1 / (1 + lambda)';
  /** Changes for the full size (`--full`), which as a rule is the size of the original experiment. */
  readonly full?: {
    readonly title?: string;
    /** Options that replace those in `options` of the same name. */
    readonly options?: Options;
    readonly seeds?: readonly number[];
    readonly tuning?: Tuning;
    /**
     * Methods that replace those of the small size. They may have finer sweeps, or an average as long as the
     * longer run needs.
     */
    readonly methods?: readonly Method[];
  };
}

/** How a board finds its prices. Budgets are shares of the unit of the main axis. */
export interface PriceRule {
  /**
   * The label of the method that trains on the main objective alone. Budgets count from its main loss.
   * Without such a method nothing has a price, and the board says so.
   */
  readonly alone?: string;
  /** The label of the method whose comparison with plain mixing counts, named before the runs. */
  readonly named?: string;
}

/** One objective of the plane in which fronts are drawn. */
export interface Axis {
  readonly objective: string;
  /**
   * The reference point of the hypervolume, in the units of the loss: worse values do not count. It is the
   * same for all methods, and best a little worse than the worst value of plain mixing.
   */
  readonly reference: number;
  /** The scale of the plot; default: linear. The hypervolume always uses the losses themselves. */
  readonly scale?: 'linear' | 'log';
  /**
   * The rise that counts as 100 % in a budget of this loss. Default: the loss that the budget counts from,
   * which must be positive and away from 0. For a logarithm it is 1; for a loss that comes near 0 it is the
   * fall from its value before the first step, { start }.
   */
  readonly unit?: number | { readonly start: number };
}

/** A combiner as tables show it: at one setting, or at every value of one swept option. */
export interface Method {
  /** The name in tables and plots, unique within the entry. */
  readonly label: string;
  /** The id of the combiner. */
  readonly combiner: string;
  readonly options?: Options;
  /** One option and its values: { lambda: [0.01, 0.1, 1] }. */
  readonly sweep?: Readonly<Record<string, readonly Json[]>>;
  /**
   * Factors on the task's learning rate: a setting for each of them, at each value of the sweep. They are
   * meant for methods whose directions differ in length.
   */
  readonly rates?: readonly number[];
  /** The search for its settings, in place of a sweep, if the entry has `tuning`. */
  readonly tune?: Search;
}

/** Options of a task or combiner, by name. */
export type Options = Readonly<Record<string, Json>>;

const text = z.string('must be text').min(1, 'must not be empty');
const options = z.record(z.string(), z.json('must be JSON'), 'must be an object').optional();
const distinct = (items: readonly unknown[]) =>
  new Set(items.map((item) => JSON.stringify(item))).size === items.length;

const FACTOR = 'must be a positive number';
const UNIT = 'must be a positive number or { start: the loss before the first step }';

const axis = z.strictObject({
  objective: text,
  reference: z.number('must be a finite number'),
  scale: z.enum(['linear', 'log'], 'must be "linear" or "log"').optional(),
  unit: z
    .union([z.number(UNIT).positive(UNIT), z.strictObject({ start: z.number(UNIT) }, UNIT)], UNIT)
    .optional(),
});

const method = z
  .strictObject({
    label: text,
    combiner: text,
    options,
    sweep: z
      .record(
        z.string(),
        z
          .array(z.json(), 'must be a list')
          .min(1, 'must hold a value')
          .refine(distinct, 'holds a value twice'),
        'must be an object',
      )
      .refine(
        (sweep) => Object.keys(sweep).length === 1,
        'must have exactly one option, such as { lambda: [0.1, 1] }',
      )
      .optional(),
    rates: z
      .array(z.number(FACTOR).positive(FACTOR), 'must be a list of positive numbers')
      .min(1, 'must hold a factor')
      .refine(distinct, 'holds a factor twice')
      .optional(),
    tune: searchSchema.optional(),
  })
  .refine(({ sweep, tune }) => !sweep || !tune, 'has both a sweep and something to tune')
  .refine(({ rates, tune }) => !rates || !tune, 'has both rates and something to tune');

const seeds = z
  .array(z.int('must be a whole number').min(0, 'must not be negative'), 'must be a list of whole numbers')
  .min(1, 'must hold a seed')
  .refine(distinct, 'holds a seed twice');

const tuning = tuningSchema(seeds).optional();

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
      {
        title: text.optional(),
        options,
        seeds: seeds.optional(),
        tuning,
        methods: methods.optional(),
      },
      'must be an object',
    )
    .optional(),
  axes: z
    .tuple([axis, axis], 'must be two axes, horizontal first')
    .refine(([x, y]) => x.objective !== y.objective, 'must be two different objectives'),
  further: z
    .array(axis.omit({ scale: true, unit: true }), 'must be a list of objectives with their references')
    .min(1, 'must hold an objective')
    .optional(),
  methods,
  tuning,
  expected: text.optional(),
  price: z.strictObject({ alone: text.optional(), named: text.optional() }, 'must be an object').optional(),
});

/** The labels in `price` must be those of methods, at both sizes. */
const consistentEntry = entry.superRefine(({ price = {}, methods, full }, context) => {
  for (const [field, label] of Object.entries(price)) {
    const lists = [methods, ...(full?.methods ? [full.methods] : [])];
    if (lists.every((list) => list.some((method) => method.label === label))) continue;
    context.addIssue({
      code: 'custom',
      path: ['price', field],
      message: `must be the label of a method of the entry, which ${label} is not`,
    });
  }
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
  entries: z.array(consistentEntry, 'must be a list').min(1, 'must hold a task'),
  maps: z.array(map, 'must be a list').optional(),
});

/**
 * Checks the shape of a suite and freezes it. Planning checks later that its tasks, combiners and options
 * exist.
 */
export function defineSuite(value: Suite): Suite {
  return checkSuite(value, 'The suite');
}

/**
 * The same for an unknown value, such as the default export of a file. `source` names its origin in error
 * messages.
 */
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
