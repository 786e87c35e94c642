import { type Plan, type PlannedEntry, type PlannedRun, planChosen } from '../plan/index.ts';
import type { MeanWeight, RunRecord } from '../records/index.ts';
import { chosenSettings } from './price/choices.ts';
import type { Known } from './score.ts';

/**
 * The plan with runs of the settings that its trials have chosen, on the reported seeds. An entry waits until
 * all of its trials have ended. The same records always give the same plan, and a plan without trials stays
 * as it is.
 */
export function settlePlan(plan: Plan, records: readonly RunRecord[]): Plan {
  if (plan.entries.every(({ tuning }) => tuning === null)) return plan;
  const known: Known = new Map(records.map((record) => [record.key, record]));
  const choices = plan.entries.map((entry) => (isTried(entry, known) ? chosenSettings(entry, known) : []));
  return planChosen(plan, choices, (trials) => meanWeights(trials, known));
}

function isTried({ methods, tuning }: PlannedEntry, known: Known): boolean {
  const trials = methods.flatMap(({ points }) => points.flatMap((point) => point.tuning ?? []));
  return tuning !== null && trials.every(({ key }) => known.has(key));
}

/** The weights that trials ended up using, in the mean over their seeds. Null if one of them has none. */
function meanWeights(trials: readonly PlannedRun[], known: Known): readonly number[] | null {
  const all = trials.flatMap(({ key }): (readonly MeanWeight[])[] => {
    const weights = known.get(key)?.weights;
    return weights ? [weights] : [];
  });
  if (all.length < trials.length || all.length === 0) return null;
  return all[0]!.map((_, objective) => {
    const sum = all.reduce((total, weights) => total + weights[objective]!.mean, 0);
    return Number((sum / all.length).toPrecision(6));
  });
}
