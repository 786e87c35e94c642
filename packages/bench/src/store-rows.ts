import type { Generated, Selectable } from 'kysely';
import { match } from 'ts-pattern';
import type { Path } from './path.ts';
import type { Environment, Outcome, RunCost, RunRecord } from './record.ts';
import type { RunSpec } from './spec.ts';

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
  /** How many processes have died while they held the run. */
  lost: Generated<number>;
}

export interface MetricTable {
  run: string;
  name: string;
  value: number;
}

/** Of a run that has not ended. */
interface CheckpointTable {
  key: string;
  environment: string;
  state: Uint8Array;
}

export interface StoreSchema {
  run: RunTable;
  metric: MetricTable;
  checkpoint: CheckpointTable;
}

/** Columns of an outcome, and the metrics that go to a table of their own. */
export function columnsOf(outcome: Outcome): Pick<RunTable, 'state' | 'step' | 'reason'> & {
  readonly metrics: Readonly<Record<string, number>>;
} {
  return match(outcome)
    .with({ state: 'finished' }, ({ state, metrics }) => {
      // PostgreSQL would keep it, SQLite make it null.
      const broken = Object.keys(metrics).find((name) => !Number.isFinite(metrics[name]));
      if (broken !== undefined) {
        throw new Error(
          `Metric "${broken}" is ${metrics[broken]}, but a finished run has finite ones alone.`,
        );
      }
      return { state, step: null, reason: null, metrics };
    })
    .with({ state: 'diverged' }, ({ state, step, reason }) => ({
      state,
      step,
      reason: withoutNull(reason),
      metrics: {},
    }))
    .with({ state: 'failed' }, ({ state, reason }) => ({
      state,
      step: null,
      reason: withoutNull(reason),
      metrics: {},
    }))
    .exhaustive();
}

/** What a dying process said may hold the character 0, which PostgreSQL's text cannot. */
function withoutNull(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

export function recordOf(run: Selectable<RunTable>, metrics: readonly MetricTable[]): RunRecord {
  const outcome: Outcome = match(run.state as Outcome['state'])
    .with('finished', (state) => ({
      state,
      // In an order that does not depend on how the database compares text.
      metrics: Object.fromEntries(
        metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, value }) => [name, value]),
      ),
    }))
    .with('diverged', (state) => ({ state, step: Number(run.step), reason: run.reason ?? '' }))
    .with('failed', (state) => ({ state, reason: run.reason ?? '' }))
    .exhaustive();
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
    ...(run.cost !== null && { cost: JSON.parse(run.cost) as RunCost }),
  };
}
