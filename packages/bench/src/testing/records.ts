import { planSuite } from '../plan/plan.ts';
import type { PlannedRun } from '../plan/planned.ts';
import type { Environment, Outcome, RunRecord } from '../records/record.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

export const environment: Environment = {
  backend: 'plain JavaScript',
  tfjs: '4.22.0',
  node: '26.10.0',
  os: 'linux x64 6.1',
  cpu: 'A processor',
  cores: 2,
  commit: '0123456789ab',
};

export function recordOf({ key, spec }: Pick<PlannedRun, 'key' | 'spec'>, outcome: Outcome): RunRecord {
  return {
    schema: 1,
    key,
    spec,
    outcome,
    environment,
    started: '2026-01-02T03:04:05.000Z',
    ended: '2026-01-02T03:04:07.500Z',
    seconds: 1.25,
  };
}

const { runs } = planSuite(toySuite(), createToolkit(plugin), { backend: 'cpu' });
const path = { steps: [0, 7], positions: [[1], [2]], losses: { main: [3, -0.5] } };

/** One record of each outcome, from the first runs of the toy suite. */
export const threeRecords: readonly [RunRecord, RunRecord, RunRecord] = [
  { ...recordOf(runs[0]!, { state: 'finished', metrics: { 'train/main': 0.3, norm: 1e-300 } }), path },
  recordOf(runs[1]!, { state: 'diverged', step: 31, reason: 'the loss of main is not finite' }),
  recordOf(runs[2]!, { state: 'failed', reason: 'the data is gone' }),
];
