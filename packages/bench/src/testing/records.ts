import type { PlannedRun } from '../plan.ts';
import type { Environment, Outcome, RunRecord } from '../record.ts';

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
