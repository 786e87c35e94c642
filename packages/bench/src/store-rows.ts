import { match } from 'ts-pattern';
import type { Path } from './path.ts';
import type { Environment, Outcome, RunRecord } from './record.ts';
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
}

export interface MetricTable {
  run: string;
  name: string;
  value: number;
}

export interface StoreSchema {
  run: RunTable;
  metric: MetricTable;
}

/** Columns of an outcome, and the metrics that go to a table of their own. */
export function columnsOf(outcome: Outcome): Pick<RunTable, 'state' | 'step' | 'reason'> & {
  readonly metrics: Readonly<Record<string, number>>;
} {
  return match(outcome)
    .with({ state: 'finished' }, ({ state, metrics }) => ({ state, step: null, reason: null, metrics }))
    .with({ state: 'diverged' }, ({ state, step, reason }) => ({ state, step, reason, metrics: {} }))
    .with({ state: 'failed' }, ({ state, reason }) => ({ state, step: null, reason, metrics: {} }))
    .exhaustive();
}

export function recordOf(run: RunTable, metrics: readonly MetricTable[]): RunRecord {
  const outcome: Outcome = match(run.state as Outcome['state'])
    .with('finished', (state) => ({
      state,
      metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
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
  };
}
