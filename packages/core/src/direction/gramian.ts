import * as tf from '@tensorflow/tfjs-core';
import { padded } from '../coefficients.ts';
import type { GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { memoryAfter } from '../protocol/answers.ts';
import { groupsOf, initialOf, rememberedBy } from '../protocol/declared.ts';
import type { Row } from '../rows/kernels.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { type Diagnostics, diagnose } from './diagnostics.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { finiteLosses, finiteRows } from './finite.ts';
import { askForGroups, type GroupAnswer } from './groups.ts';
import { checkRange, planMap } from './map-plan.ts';
import type { GramPass } from './passes.ts';
import { privateShares } from './private-shares.ts';
import { eachGradient } from './start-passes.ts';

/**
 * The computation for coefficients from inner products: one backward pass per row, then the passes *gram* and
 * *map*.
 */
export function gramianDirection(
  options: Omit<DirectionOptions<GramianCombiner>, 'variables'> & {
    readonly variables: readonly { readonly name: string }[];
  },
): DirectionComputation {
  const { combiner, setup, variables, startPasses } = options;
  const wanted = { distances: combiner.distances === true };
  const names = variables.map(({ name }) => name);
  const groupOf = groupsOf(combiner, names);
  const groupCount = Math.max(...groupOf) + 1;
  const rowCount = rememberedBy(combiner, setup);
  let remembered: readonly Row[] = Array.from({ length: rowCount }, () => variables.map(() => null));
  let memory: readonly unknown[] = Array.from({ length: groupCount }, () => initialOf(combiner, setup));

  const free = () => {
    tf.dispose(remembered as tf.Tensor[][]);
    remembered = [];
  };
  return {
    async answer(forward) {
      const passes = await startPasses(forward, remembered, variables.length);
      try {
        // Private variables are included: the combiner does not see them, but they must be finite.
        const products = await finiteRows(passes.gram(wanted), forward, variables, passes.tellsExample);
        const losses = finiteLosses(forward, products.scalars);
        const { compared, combined } = options.roles(forward.rows, products.reached);
        const isCompared = (v: number, group: number) => compared[v]! && groupOf[v] === group;
        const answers = askForGroups(combiner, forward, losses, products, memory, isCompared);
        const shares = padded(privateShares(forward.rows), forward.rows.length + rowCount);
        const answerOf = (v: number) => (combined[v] ? answers[groupOf[v]!]! : null);
        const plan = planMap(answers, answerOf, shares, forward.rows.length);
        checkRange(plan, products);
        const [direction, ...made] = passes.map(plan.coefficients);
        let next = answers.map((answer, group) => answer.memory ?? memory[group]);
        return {
          direction: direction!,
          losses,
          diagnostics: diagnosticsOf(forward, products, answers, answerOf, shares),
          groups: reportOf(answers, forward.weights),
          examplePasses: products.examplePasses,
          after:
            combiner.after &&
            ((losses) => {
              next = next.map((own) => memoryAfter(combiner, forward.context(losses, own)));
            }),
          commit: () => {
            remembered = replaced(remembered, plan.changed, made);
            memory = next;
          },
          discard: () => tf.dispose([direction, ...made] as tf.Tensor[][]),
        };
      } finally {
        passes.dispose();
      }
    },
    firstSums: () => eachGradient(startPasses),
    state: () => ({ remembered, memory }),
    restore: (state) => {
      free();
      remembered = permanent(state.remembered);
      memory = state.memory;
    },
    dispose: free,
  };
}

function diagnosticsOf(
  forward: Forward,
  { byVariable, precision }: GramPass,
  answers: readonly GroupAnswer[],
  answerOf: (variable: number) => GroupAnswer | null,
  shares: readonly number[],
): Diagnostics {
  const size = shares.length;
  const seen = SymmetricMatrix.sum(
    size,
    answers.map(({ gramian }) => gramian),
  );
  const parts = [...answers, null].map((answer) => ({
    gramian: SymmetricMatrix.sum(
      size,
      byVariable.filter((_, v) => answerOf(v) === answer),
    ),
    direction: answer?.coefficients ?? shares,
  }));
  return diagnose(forward, seen, parts, precision);
}

/** The coefficients over the gradients without their weights. */
function reportOf(answers: readonly GroupAnswer[], weights: readonly number[]) {
  return answers.map(({ coefficients, certificate = null }) => ({
    coefficients: coefficients.map((c, index) => c * (weights[index] ?? 1)),
    certificate,
  }));
}

/** The rows with new ones at these positions. Disposes of the rows that are replaced. */
function replaced(rows: readonly Row[], positions: readonly number[], made: readonly Row[]): readonly Row[] {
  const result = [...rows];
  for (const [index, position] of positions.entries()) {
    tf.dispose(result[position] as tf.Tensor[]);
    result[position] = made[index]!;
  }
  return permanent(result);
}

/**
 * Keeps the rows from any tidy scope that the caller has opened around a step, because the next step needs
 * them.
 */
function permanent(rows: readonly Row[]): readonly Row[] {
  for (const row of rows) for (const tensor of row) if (tensor) tf.keep(tensor);
  return rows;
}
