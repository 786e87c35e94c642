import type { Generated, Selectable } from 'kysely';
import { match } from 'ts-pattern';
import type { RunSpec } from '../plan/index.ts';
import { canonicalJson, hashOf } from '../plan/index.ts';
import type { Curve, MeanWeight, Path } from '../records/index.ts';
import {
  type Environment,
  type Outcome,
  type RunCost,
  type RunRecord,
  recordProblem,
} from '../records/index.ts';

export interface RunTable {
  key: string;
  state: 'running' | Outcome['state'];
  spec: string;
  worker: string | null;
  lease: number | null;
  step: number | null;
  reason: string | null;
  environment: string | null;
  started: string | null;
  ended: string | null;
  seconds: number | null;
  path: string | null;
  cost: string | null;
  curve: string | null;
  weights: string | null;
  checksum: string | null;
  /** The number of processes that have died while they held the run. */
  lost: Generated<number>;
}

export interface MetricTable {
  run: string;
  name: string;
  value: number;
}

/** The checkpoint of a run that has not ended. */
interface CheckpointTable {
  key: string;
  environment: string;
  state: Uint8Array;
  checksum: string | null;
}

export interface StoreSchema {
  run: RunTable;
  metric: MetricTable;
  checkpoint: CheckpointTable;
}

/**
 * A record as a store keeps it: its texts have only characters that every database can hold. Throws for
 * metrics that are not finite.
 */
export function storable(given: RunRecord): RunRecord {
  const { schema, key, spec, outcome, environment, started, ended, seconds } = given;
  const { path, curve, weights, cost } = given;
  const record = {
    schema,
    key,
    spec,
    outcome: storableOutcome(outcome),
    environment,
    started,
    ended,
    seconds,
  };
  return {
    ...record,
    ...(path && { path }),
    ...(curve && { curve }),
    ...(weights && { weights }),
    ...(cost && { cost }),
  };
}

function storableOutcome(outcome: Outcome): Outcome {
  if (outcome.state !== 'finished') return { ...outcome, reason: plain(outcome.reason) };
  const metrics = Object.entries(outcome.metrics);
  // PostgreSQL would keep such a number, but SQLite would store null.
  const broken = metrics.find(([, value]) => !Number.isFinite(value));
  if (broken !== undefined) {
    throw new Error(`Metric "${broken[0]}" is ${broken[1]}, but a finished run has finite ones alone.`);
  }
  return { ...outcome, metrics: Object.fromEntries(metrics.map(([name, value]) => [plain(name), value])) };
}

/**
 * Removes the character 0, which PostgreSQL's text cannot hold, and halves of characters, which UTF-8 cannot
 * hold. Both occur in the last output of a dying process.
 */
function plain(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}

/** The columns of a run's row at its end. The metrics have a table of their own. */
export function columnsOf(record: RunRecord): Omit<Selectable<RunTable>, 'key' | 'spec' | 'lost'> {
  const { outcome, environment, started, ended, seconds, path, curve, weights, cost } = record;
  const text = (value: unknown) => (value === undefined ? null : canonicalJson(value));
  return {
    state: outcome.state,
    step: outcome.state === 'diverged' ? outcome.step : null,
    reason: outcome.state === 'finished' ? null : outcome.reason,
    worker: null,
    lease: null,
    environment: canonicalJson(environment),
    started,
    ended,
    seconds,
    path: text(path),
    curve: text(curve),
    weights: text(weights),
    cost: text(cost),
    checksum: hashOf(record),
  };
}

/** The record from a row and its metrics. Throws if it is not the record that was written. */
export function recordOf(run: Selectable<RunTable>, metrics: readonly MetricTable[]): RunRecord {
  const record = assemble(run, metrics);
  // The record is older than checksums.
  if (run.checksum === null) {
    const problem = recordProblem(record);
    if (problem !== null) throw new Error(`the row${problem}`);
  } else if (hashOf(record) !== run.checksum) throw new Error('the row does not have its checksum');
  return record;
}

function assemble(run: Selectable<RunTable>, metrics: readonly MetricTable[]): RunRecord {
  const outcome: Outcome = match(run.state as Outcome['state'])
    .with('finished', (state) => ({
      state,
      // The order must not depend on how the database compares text.
      metrics: Object.fromEntries(
        metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, value }) => [name, value]),
      ),
    }))
    .with('diverged', (state) => ({ state, step: Number(run.step), reason: run.reason ?? '' }))
    .with('failed', (state) => ({ state, reason: run.reason ?? '' }))
    .otherwise((state: string) => {
      throw new Error(`the row has the state ${JSON.stringify(state)}, which no run ends in`);
    });
  return {
    schema: 1,
    key: run.key,
    spec: JSON.parse(run.spec) as RunSpec,
    outcome,
    environment: JSON.parse(run.environment ?? 'null') as Environment,
    started: run.started ?? '',
    ended: run.ended ?? '',
    seconds: run.seconds ?? 0,
    ...(run.path !== null && { path: JSON.parse(run.path) as Path }),
    ...(run.curve !== null && { curve: JSON.parse(run.curve) as Curve }),
    ...(run.weights !== null && { weights: JSON.parse(run.weights) as MeanWeight[] }),
    ...(run.cost !== null && { cost: JSON.parse(run.cost) as RunCost }),
  };
}
