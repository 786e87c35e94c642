import type { GradientRow, Setup } from '../combiner.ts';
import { described } from '../described.ts';
import { levelsOf, type Objective } from '../objective.ts';

/** An objective without its loss. The rows of a step follow from these fields. */
export type ObjectivePriority = Pick<Objective, 'name' | 'priority' | 'weight' | 'perExample'>;

/** Checks the objectives and lays out their rows: batch by batch, each in the order given. */
export function setupOf(objectives: readonly ObjectivePriority[], batches: number): Setup {
  if (objectives.length === 0) throw new Error('There are no objectives. Give at least one.');
  const names = objectives.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(
      `Two objectives are named "${twice}". Rename one: reports and checkpoints are keyed by the name.`,
    );
  }
  for (const objective of objectives) {
    const { name, priority } = objective;
    if (!Number.isInteger(priority) || priority < 0) {
      throw new Error(
        `Objective "${name}": priority is ${described(priority)}, but must be a whole number from 0, the most important.`,
      );
    }
    checkWeight(objective);
  }
  const levels = levelsOf(objectives.map(({ priority }) => priority));
  const rows = Array.from({ length: batches }, (_, batch) =>
    objectives.map(({ name, perExample }, index): GradientRow => {
      const row = { objective: name, level: levels[index]!, batch };
      return perExample ? { ...row, example: 0 } : row;
    }),
  ).flat();
  return { rows, levels: Math.max(...levels) + 1 };
}

/**
 * Returns a check that the objectives are still those for which rows were laid out. Their weights may change.
 */
export function checkUnchanged(objectives: readonly ObjectivePriority[]): () => void {
  const before = objectives.map(({ name, priority, perExample }) => ({ name, priority, perExample }));
  return () => {
    for (const [index, objective] of objectives.entries()) {
      for (const field of ['name', 'priority', 'perExample'] as const) {
        if (objective[field] === before[index]![field]) continue;
        throw new Error(
          `Objective "${before[index]!.name}": its ${field} was ${described(before[index]![field])} and is ${described(objective[field])} now. ` +
            'Create a new trainer for that.',
        );
      }
      checkWeight(objective);
    }
  };
}

function checkWeight({ name, weight = 1 }: ObjectivePriority): void {
  if (Number.isFinite(weight) && weight > 0) return;
  throw new Error(
    `Objective "${name}": weight is ${described(weight)}, but must be positive and finite. Leave the objective out instead.`,
  );
}
