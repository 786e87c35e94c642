import type { Landscape } from '@scalpel/core';
import type { Axis, Plan, PlannedEntry } from '../plan/index.ts';
import type { Outcome, Path, RunRecord } from '../records/index.ts';
import type { Known } from './score.ts';

/** The paths of all runs of one board, ready to be drawn. */
export interface Trajectories {
  readonly title: string;
  readonly task: PlannedEntry['task'];
  readonly axes: readonly [Axis, Axis];
  /** The map below the paths. Null without one: the paths are then drawn only in the plane of the losses. */
  readonly landscape: Landscape | null;
  /** One panel for each method and setting, in the order of the suite. */
  readonly panels: readonly Panel[];
}

/** A method at one value of its swept option. */
export interface Panel {
  readonly label: string;
  /** The name of the setting, such as "lambda 0.1"; empty without a sweep. */
  readonly setting: string;
  /** One for each seed that has ended. */
  readonly runs: readonly { readonly name: string; readonly state: Outcome['state']; readonly path: Path }[];
}

/**
 * One entry for each board of the leaderboard, in the same order. Null for tasks whose runs have no paths.
 */
export function trajectoriesOf(plan: Plan, records: readonly RunRecord[]): readonly (Trajectories | null)[] {
  const known: Known = new Map(records.map((record) => [record.key, record]));
  return plan.entries.map((entry) => {
    const { title, task, axes, landscape } = entry;
    const panels = panelsOf(entry, known);
    return panels.some(({ runs }) => runs.length > 0) ? { title, task, axes, landscape, panels } : null;
  });
}

function panelsOf({ methods }: PlannedEntry, known: Known): Panel[] {
  return methods.flatMap(({ label, points }) =>
    points.map(({ setting, runs }) => ({
      label,
      setting,
      runs: runs.flatMap(({ key, name }) => {
        const record = known.get(key);
        return record?.path ? [{ name, state: record.outcome.state, path: record.path }] : [];
      }),
    })),
  );
}
