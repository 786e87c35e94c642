import { createLeaderboard, type Leaderboard } from '../leaderboard/leaderboard.ts';
import { planSuite } from '../plan/plan.ts';
import type { Plan } from '../plan/planned.ts';
import type { RunSpec } from '../plan/spec.ts';
import type { SuiteEntry, SuiteMap } from '../plan/suite.ts';
import type { Outcome, RunRecord } from '../records/record.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { recordOf } from './records.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

const [weighted] = plugin.combiners!;
const [toy] = plugin.tasks!;
const toolkit = createToolkit({
  ...plugin,
  tasks: [toy!, { ...toy!, id: 'again' }],
  combiners: [weighted!, { ...weighted!, id: 'mixed' }, { ...weighted!, id: 'other' }],
});

/** Plain mixing and one more method, each at two settings, and a third method without settings. */
export const methods: SuiteEntry['methods'] = [
  { label: 'Plain', combiner: 'mixed', sweep: { lambda: [1, 2] } },
  { label: 'Ours', combiner: 'weighted', sweep: { lambda: [1, 2] } },
  { label: 'Other', combiner: 'other' },
];

/** An outcome, the metrics of a finished run, or null for a run that has not been made. */
export type Answer = (spec: RunSpec, lambda: number) => Outcome | Readonly<Record<string, number>> | null;

/** A leaderboard of invented outcomes. The last argument may change the records. */
export function leaderboardOf(
  answer: Answer,
  changes: Partial<SuiteEntry> = {},
  change: (record: RunRecord, index: number) => RunRecord = (record) => record,
): Leaderboard {
  const plan = planOf(toySuite({ methods, ...changes }).entries);
  return createLeaderboard(plan, recordsOf(plan, answer).map(change));
}

export function planOf(entries: readonly SuiteEntry[], maps: readonly SuiteMap[] = []): Plan {
  return planSuite({ ...toySuite(), entries, maps }, toolkit, { backend: 'cpu' });
}

export function recordsOf(plan: Plan, answer: Answer): readonly RunRecord[] {
  return plan.runs.flatMap((run): RunRecord[] => {
    const given = answer(run.spec, (run.spec.combiner.options as { lambda: number }).lambda);
    if (given === null) return [];
    const isOutcome = typeof given.state === 'string';
    return [
      recordOf(
        run,
        isOutcome ? (given as Outcome) : { state: 'finished', metrics: given as Record<string, number> },
      ),
    ];
  });
}

/**
 * Plain mixing has (1, 1) and (1.5, 0.5), plus a tenth for each seed. Our method is better by a half in the
 * main loss.
 */
export const trainOnly: Answer = ({ combiner, seed }, lambda) => ({
  'train/main': 1 - (combiner.id === 'weighted' ? 0.5 : 0) + (lambda - 1) / 2 + seed / 10,
  'train/side': 1.5 - lambda / 2 + seed / 10,
});

/** The same with held-out data, on which our method is the worst. */
export const heldOut: Answer = (spec, lambda) => {
  const metrics = trainOnly(spec, lambda) as Record<string, number>;
  const worse = spec.combiner.id === 'weighted' ? 1 : 0;
  return { ...metrics, 'test/main': metrics['train/main']! + worse, 'test/side': metrics['train/side']! };
};
