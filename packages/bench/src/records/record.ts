import { z } from 'zod';
import type { RunSpec } from '../plan/index.ts';
import { canonicalJson, hashOf } from '../plan/index.ts';
import { parseJson } from '../text/index.ts';

/** How a run ended. All three are rows of the leaderboard. */
export type Outcome =
  /** Values by name: `train/…` and `test/…` of each objective, and whatever else the task measures. All finite. */
  | { readonly state: 'finished'; readonly metrics: Readonly<Record<string, number>> }
  /** A loss or gradient became NaN or infinite. */
  | { readonly state: 'diverged'; readonly step: number; readonly reason: string }
  /** Something threw, or the process died. */
  | { readonly state: 'failed'; readonly reason: string };

/** Where a run took place. */
export interface Environment {
  /** What the backend says about itself: adapter, driver, threads. */
  readonly backend: string;
  readonly tfjs: string;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  /** Of the source tree, with "+" where files differed from it; null if unknown. */
  readonly commit: string | null;
  /** Of the task and the combiner; absent where it is not known, as in older records. */
  readonly code?: Code;
  /** What the last check of the backend on this device came to; null: there was none. Absent in older records. */
  readonly checked?: Checked | null;
}

/** A check of a backend, as records tell it. */
export interface Checked {
  readonly passed: boolean;
  /** ISO 8601, UTC. */
  readonly when: string;
}

/** Hashes of the source that a run's task and combiner come from: a formula may be edited without raising its version. */
export interface Code {
  readonly task: string;
  readonly combiner: string;
}

/** Where a run was at some of its steps, to five digits: made to be drawn. */
export interface Path {
  /** Numbers of steps taken, from 0 and closer together at the beginning. */
  readonly steps: readonly number[];
  /** The parameters, one list for each of the steps. */
  readonly positions: readonly (readonly number[])[];
  /** The values of each objective on the data trained on, by name, one for each of the steps. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

export interface RunRecord {
  /** Of this shape. */
  readonly schema: 1;
  readonly key: string;
  readonly spec: RunSpec;
  readonly outcome: Outcome;
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
  /** Time spent training, without loading and evaluating; not for ranking: runs share the machine. */
  readonly seconds: number;
  /** Of runs whose task tells its position. */
  readonly path?: Path;
  /** Absent in records from before it was measured. */
  readonly cost?: RunCost;
}

export interface RunCost {
  /** Taken in `seconds`. */
  readonly steps: number;
  /** The most memory that tensors held at once during a step; null where the backend does not say. */
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
  cost: z.strictObject({ steps: z.int(), peakBytes: z.int().nullable() }).exactOptional(),
});

/** One record a line, keys sorted: published results, made to be compared line by line. */
export function toJsonLines(records: readonly RunRecord[]): string {
  return records.map((item) => `${canonicalJson(item)}\n`).join('');
}

/** Throws with the line's number for what is not a record, or does not have the key of its spec. `source` names the file. */
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

/** Why a value is no record with the key of its spec, to be read after its place; null where it is one. */
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
