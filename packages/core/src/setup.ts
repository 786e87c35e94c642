import type {
  GradientCombiner,
  GradientRow,
  GramianCombination,
  GramianCombiner,
  Setup,
} from './combiner.ts';
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
  for (const { name, priority, weight = 1 } of objectives) {
    if (!Number.isInteger(priority) || priority < 0) {
      throw new Error(
        `Objective "${name}": priority is ${priority}, but must be a whole number from 0, the most important.`,
      );
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new Error(
        `Objective "${name}": weight is ${weight}, but must be positive and finite. Leave the objective out instead.`,
      );
    }
  }
  const levels = levelsOf(objectives.map(({ priority }) => priority));
  const rows = Array.from({ length: batches }, (_, batch) =>
    objectives.map(({ name }, index): GradientRow => ({ objective: name, level: levels[index]!, batch })),
  ).flat();
  return { rows, levels: Math.max(...levels) + 1 };
}

/** Independent batches that a combiner wants each step. */
export function batchesOf(combiner: GradientCombiner): number {
  return combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
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
          checkedWeights(combiner, combiner.weights(step.rows, step.setup), step.rows.length),
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
      const { weights, ...next } = combiner.combine(step);
      return {
        ...next,
        coefficients: padded(checkedWeights(combiner, weights, step.rows.length), step.gramian.size),
      };
    },
  };
}

/** The answer, if it fits the rows; a method that answers with NaN or too few coefficients is stopped by its name. */
export function checkedAnswer(
  { name }: GradientCombiner,
  answer: GramianCombination,
  rows: number,
  remembered: number,
): GramianCombination {
  const { coefficients, remember } = answer;
  const lists = (remember ?? []).map((list, index) => [`remember[${index}]`, list] as const);
  for (const [what, list] of [['coefficients', coefficients] as const, ...lists]) {
    const problem = problemOf(list, rows);
    if (problem)
      throw new Error(`The combiner ${name} answered with ${what} that ${problem}. Mend its combine().`);
  }
  if (remember && remember.length !== remembered) {
    throw new Error(
      `The combiner ${name} answered with ${remember.length} rows to remember, but remembers(setup) says ${remembered}. Mend it.`,
    );
  }
  return answer;
}

/** Weights over the rows, if there is one finite weight for each. */
export function checkedWeights(
  { name }: GradientCombiner,
  weights: readonly number[],
  rows: number,
): readonly number[] {
  const problem = problemOf(weights, rows);
  if (problem) throw new Error(`The combiner ${name} answered with weights that ${problem}. Mend it.`);
  return weights;
}

/** Which group of variables each one is in; all in one unless the combiner says otherwise. */
export function groupsOf(combiner: GramianCombiner, variables: readonly string[]): readonly number[] {
  const groups = combiner.groups?.(variables) ?? variables.map(() => 0);
  if (groups.length !== variables.length || !groups.every((group) => Number.isInteger(group) && group >= 0)) {
    throw new Error(
      `The combiner ${combiner.name} answered with groups [${groups}] for ${variables.length} variables, ` +
        'but must give each a whole number from 0. Mend its groups().',
    );
  }
  return groups;
}

function problemOf(list: readonly number[], length: number): string | null {
  if (list.length !== length) return `are ${list.length} numbers for ${length} rows`;
  const bad = list.findIndex((value) => !Number.isFinite(value));
  return bad < 0 ? null : `are not finite: number ${bad} is ${list[bad]}`;
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
