import { hashOf } from './canonical.ts';
import { nameOf } from './method.ts';
import {
  type Plan,
  type PlannedEntry,
  type PlannedMethod,
  type PlannedPoint,
  type PlannedRun,
  runsOf,
} from './planned.ts';
import type { RunSpec } from './spec.ts';

/** A setting that has been chosen from the trials of a method, by its name. */
export interface ChosenSetting {
  /** The label of the method. */
  readonly method: string;
  readonly setting: string;
}

/** The mean weights that trials ended up using, in the order of the objectives; null if they are not known. */
export type WeightsOf = (trials: readonly PlannedRun[]) => readonly number[] | null;

/** The ids of combiners whose weights are fixed already. */
const FIXED: readonly string[] = ['mixed', 'constant'];

/** The combiner that takes any fixed weights. */
const CONSTANT = { id: 'constant', version: 1 };

/**
 * The plan with runs of the chosen settings of each entry on the reported seeds, beside all that it had. The
 * same choices always give the same runs.
 */
export function planChosen(
  plan: Plan,
  choices: readonly (readonly ChosenSetting[])[],
  weightsOf: WeightsOf,
): Plan {
  const entries = plan.entries.map((entry, index) => {
    const methods = entry.methods.flatMap((method) => {
      const own = (choices[index] ?? []).filter((choice) => choice.method === method.label);
      return withChosen(method, entry, new Set(own.map(({ setting }) => setting)), weightsOf);
    });
    return { ...entry, methods };
  });
  return { ...plan, entries, runs: runsOf(entries) };
}

function withChosen(
  method: PlannedMethod,
  entry: PlannedEntry,
  chosen: ReadonlySet<string>,
  weightsOf: WeightsOf,
): readonly PlannedMethod[] {
  const { label, combiner } = method;
  const points = method.points.map((point) =>
    point.tuning && chosen.has(point.setting)
      ? { ...point, runs: reportedRuns(point, label, entry, {}) }
      : point,
  );
  const own = { ...method, points };
  if (!entry.tuning?.meanWeights || FIXED.includes(combiner)) return [own];
  const twin = `${label}, mean weights`;
  const fixed = points.flatMap((point) => {
    const weights = chosen.has(point.setting) && point.tuning ? weightsOf(point.tuning) : null;
    if (weights === null) return [];
    const runs = reportedRuns(point, twin, entry, { combiner: { ...CONSTANT, options: { weights } } });
    return [{ ...point, runs }];
  });
  return fixed.length === 0 ? [own] : [own, { label: twin, combiner: CONSTANT.id, points: fixed }];
}

/** The runs of a setting on the reported seeds. */
function reportedRuns(
  { setting, tuning = [] }: PlannedPoint,
  label: string,
  { seeds, tuning: search }: PlannedEntry,
  changes: Partial<RunSpec>,
): readonly PlannedRun[] {
  const trial = tuning[0]!.spec;
  return seeds.map((seed) => {
    const curve = search?.curve;
    const spec = { ...trial, ...changes, seed, ...(curve !== undefined && { curve }) };
    return { key: hashOf(spec), spec, name: nameOf([trial.task.id, label, setting, `seed ${seed}`]) };
  });
}
