import { z } from 'zod';
import type { RunSpec } from '../plan/index.ts';
import { canonicalJson, hashOf } from '../plan/index.ts';
import { parseJson } from '../text/index.ts';

/** The end of a run. All three kinds are rows of the leaderboard. */
export type Outcome =
  /**
   * Values by name: `train/…` and `test/…` of each objective, and any other metrics of the task. All are
   * finite.
   */
  | { readonly state: 'finished'; readonly metrics: Readonly<Record<string, number>> }
  /** A loss or gradient became NaN or infinite. */
  | { readonly state: 'diverged'; readonly step: number; readonly reason: string }
  /** An error was thrown, or the process died. */
  | { readonly state: 'failed'; readonly reason: string };

/** The machine, software and code of a run. */
export interface Environment {
  /** The backend's description of itself: adapter, driver, threads. */
  readonly backend: string;
  readonly tfjs: string;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  /** The commit of the source tree, with "+" if files differed from it; null if unknown. */
  readonly commit: string | null;
  /** Hashes of the task and the combiner. Absent if they are not known, as in older records. */
  readonly code?: Code;
  /**
   * The result of the last check of the backend on this device. Null without a check; absent in older
   * records.
   */
  readonly checked?: Checked | null;
}

/** The result of a check of a backend, as it is recorded. */
export interface Checked {
  readonly passed: boolean;
  /** The time in ISO 8601, UTC. */
  readonly when: string;
}

/**
 * Hashes of the source of a run's task and combiner. They show an edited formula even if its version was not
 * raised.
 */
export interface Code {
  readonly task: string;
  readonly combiner: string;
}

/** The course of a run at some of its steps, rounded to five digits for plots. */
export interface Path {
  /** The numbers of the steps, from 0 and closer together at the beginning. */
  readonly steps: readonly number[];
  /** The parameters, one list for each of the steps. */
  readonly positions: readonly (readonly number[])[];
  /** The training losses of each objective, by name: one value for each of the steps. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

/** The learning curve of a run, on some of the examples and rounded to five digits. */
export interface Curve {
  /** The numbers of the steps, from 0. */
  readonly steps: readonly number[];
  /** Seconds of training up to each of the steps. */
  readonly seconds: readonly number[];
  /** Values on training and validation data by name, such as `validation/main`: one for each of the steps. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** The mean over the steps of the weight that an objective's gradients had in the direction. */
export interface MeanWeight {
  readonly objective: string;
  readonly mean: number;
}

/** The record of a run: its spec, its outcome, and the place and time in which it ran. */
export interface RunRecord {
  /** The version of this format. */
  readonly schema: 1;
  readonly key: string;
  readonly spec: RunSpec;
  readonly outcome: Outcome;
  readonly environment: Environment;
  /** The time in ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
  /**
   * Seconds of training, without loading and evaluating. They do not rank methods, since runs share the
   * machine.
   */
  readonly seconds: number;
  /** Only for tasks that report a position. */
  readonly path?: Path;
  /** Only for runs whose spec asks for one. */
  readonly curve?: Curve;
  /**
   * In the order of the objectives. Absent for methods without one weight for each, and in older records.
   */
  readonly weights?: readonly MeanWeight[];
  /** Absent in records that are older than this measurement. */
  readonly cost?: RunCost;
}

/** The cost of a run, as far as it was measured. */
export interface RunCost {
  /** The number of steps taken in `seconds`. */
  readonly steps: number;
  /** The most bytes that tensors held at once during a step. Null if the backend does not report it. */
  readonly peakBytes: number | null;
}

const numbers = z.array(z.number());
const time = z.iso.datetime();
const versioned = { id: z.string(), version: z.int() };
const withOptions = z.strictObject({ ...versioned, options: z.json() });

const spec: z.ZodType<RunSpec> = z.strictObject({
  task: withOptions,
  combiner: withOptions,
  backend: z.strictObject(versioned),
  seed: z.int(),
  rate: z.number().exactOptional(),
  patience: z.int().exactOptional(),
  curve: z.int().exactOptional(),
  expected: z.string().exactOptional(),
});

const record: z.ZodType<RunRecord> = z.strictObject({
  schema: z.literal(1, 'is not 1, the only one that this version of Scalpel reads'),
  key: z.string(),
  spec,
  outcome: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('finished'), metrics: z.record(z.string(), z.number()) }),
    z.strictObject({ state: z.literal('diverged'), step: z.int(), reason: z.string() }),
    z.strictObject({ state: z.literal('failed'), reason: z.string() }),
  ]),
  environment: z.strictObject({
    backend: z.string(),
    tfjs: z.string(),
    node: z.string(),
    os: z.string(),
    cpu: z.string(),
    cores: z.int(),
    commit: z.string().nullable(),
    code: z.strictObject({ task: z.string(), combiner: z.string() }).exactOptional(),
    checked: z.strictObject({ passed: z.boolean(), when: time }).nullable().exactOptional(),
  }),
  started: time,
  ended: time,
  seconds: z.number(),
  path: z
    .strictObject({
      steps: z.array(z.int()),
      positions: z.array(numbers),
      losses: z.record(z.string(), numbers),
    })
    .exactOptional(),
  curve: z
    .strictObject({ steps: z.array(z.int()), seconds: numbers, values: z.record(z.string(), numbers) })
    .exactOptional(),
  weights: z.array(z.strictObject({ objective: z.string(), mean: z.number() })).exactOptional(),
  cost: z.strictObject({ steps: z.int(), peakBytes: z.int().nullable() }).exactOptional(),
});

/** One record on each line, with sorted keys, so that published results can be compared line by line. */
export function toJsonLines(records: readonly RunRecord[]): string {
  return records.map((item) => `${canonicalJson(item)}\n`).join('');
}

/**
 * Reads records from lines of JSON. Throws with the line's number if a line is no record or its key does not
 * match its spec. `source` names the file in error messages.
 */
export function fromJsonLines(text: string, source: string): RunRecord[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const where = `${source}, line ${index + 1}`;
    const value = parse(line, where);
    const problem = recordProblem(value);
    if (problem !== null) throw new Error(`${where}${problem}. Export it again with scalpel export.`);
    return [value as RunRecord];
  });
}

/**
 * The reason why a value is no valid record, worded to follow its place in a message; null for a valid one.
 */
export function recordProblem(value: unknown): string | null {
  const { success, data, error } = record.safeParse(value);
  if (!success) {
    const { path, message } = error.issues[0]!;
    return ` is not a record: ${path.join('.')} ${message}`;
  }
  return specProblem(data);
}

/** The same for a spec and its key. */
export function specProblem({ key, spec: value }: Pick<RunRecord, 'key' | 'spec'>): string | null {
  const { success, error } = spec.safeParse(value);
  if (!success) {
    const { path, message } = error.issues[0]!;
    return ` has no spec: ${path.join('.')} ${message}`;
  }
  return hashOf(value) === key ? null : ': the key is not that of the spec, so one of them was changed';
}

function parse(line: string, where: string): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    const what = error instanceof SyntaxError ? ' is not JSON' : `: ${(error as Error).message}`;
    throw new Error(`${where}${what}. Export it again with scalpel export.`, { cause: error });
  }
}
