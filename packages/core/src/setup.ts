import type { GradientCombiner, GradientRow, GramianCombiner, Setup } from './combiner.ts';
import { answerOf, atOnce, checkedWeights } from './combiner-answers.ts';
import { described } from './described.ts';
import { levelsOf, type Objective } from './objective.ts';

/** What the engines need of an objective to place its rows. */
export type Placed = Pick<Objective, 'name' | 'priority' | 'weight'>;

/** Checks the objectives and lays out their rows: batch by batch, each in the order given. */
export function setupOf(objectives: readonly Placed[], batches: number): Setup {
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
    objectives.map(({ name }, index): GradientRow => ({ objective: name, level: levels[index]!, batch })),
  ).flat();
  return { rows, levels: Math.max(...levels) + 1 };
}

/** A check that objectives are still those that rows were laid out for. Their weights may change. */
export function checkUnchanged(objectives: readonly Placed[]): () => void {
  const before = objectives.map(({ name, priority }) => ({ name, priority }));
  return () => {
    for (const [index, objective] of objectives.entries()) {
      for (const field of ['name', 'priority'] as const) {
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

function checkWeight({ name, weight = 1 }: Placed): void {
  if (Number.isFinite(weight) && weight > 0) return;
  throw new Error(
    `Objective "${name}": weight is ${described(weight)}, but must be positive and finite. Leave the objective out instead.`,
  );
}

/** Independent batches that a combiner wants each step. */
export function batchesOf(combiner: GradientCombiner): number {
  const batches = combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
  if (Number.isSafeInteger(batches) && batches > 0) return batches;
  throw new Error(
    `The combiner ${combiner.name} says that it takes ${described(batches)} batches a step, but that must be a whole number from 1. Mend its \`batches\`.`,
  );
}

/**
 * Any combiner that answers with coefficients, in the form of one that sees the Gramian, so that all of them compose.
 * Throws for one that looks at single elements.
 */
export function asGramian(combiner: GradientCombiner): GramianCombiner {
  if (combiner.needs === 'gramian') return plain(combiner);
  if (combiner.needs === 'elements') {
    throw new Error(
      `${combiner.name} looks at single elements of the gradients, so it has no coefficients over them. Use it alone, in createTrainer.`,
    );
  }
  const check = combiner.check?.bind(combiner);
  const common = { name: combiner.name, needs: 'gramian', ...(check && { check }) } as const;
  if (combiner.needs === 'nothing') {
    return {
      ...common,
      combine: (step) => ({
        coefficients: padded(
          checkedWeights(
            combiner,
            atOnce(combiner, 'weights', combiner.weights(step.rows, step.setup)),
            step.rows.length,
          ),
          step.gramian.size,
        ),
      }),
    };
  }
  return {
    ...common,
    ...(combiner.init && { init: combiner.init.bind(combiner) }),
    ...(combiner.after && { after: combiner.after.bind(combiner) }),
    combine: (step) => {
      const { weights, ...next } = answerOf(combiner, 'weights', combiner.combine(step));
      return {
        ...next,
        coefficients: padded(
          checkedWeights(combiner, weights, step.rows.length, step.losses),
          step.gramian.size,
        ),
      };
    },
  };
}

/** The same combiner with its methods as own properties, so that wrappers can spread it whatever it was made from. */
function plain(combiner: GramianCombiner): GramianCombiner {
  const { name, needs, batches = 1, distances = false } = combiner;
  const methods = (['check', 'remembers', 'init', 'groups', 'combine', 'after'] as const).flatMap(
    (method) => {
      const own = combiner[method] as (() => unknown) | undefined;
      return own ? [[method, own.bind(combiner)]] : [];
    },
  );
  return { name, needs, batches, distances, ...Object.fromEntries(methods) };
}

function padded(weights: readonly number[], size: number): number[] {
  return Array.from({ length: size }, (_, index) => weights[index] ?? 0);
}
