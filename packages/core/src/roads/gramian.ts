import * as tf from '@tensorflow/tfjs-core';
import type { GramianCombiner } from '../combiner.ts';
import type { Row } from '../rows/kernels.ts';
import { checkedAnswer, groupsOf } from '../setup.ts';
import { unit } from '../symmetric-matrix.ts';
import { diagnose } from './diagnostics.ts';
import { passesOf } from './passes.ts';
import { finite, named, privateShares, type Road, type RoadOptions, sumOf, weightedPass } from './road.ts';

/** Coefficients from inner products: one backward pass per row, then the passes *gram* and *map*. */
export function gramianRoad({
  combiner,
  setup,
  variables,
  shared,
  gradients,
}: RoadOptions<GramianCombiner>): Road {
  const groupOf = groupsOf(
    combiner,
    variables.map(({ name }) => name),
  );
  const groupCount = Math.max(...groupOf) + 1;
  const rowCount = combiner.remembers?.(setup) ?? 0;
  let remembered: readonly Row[] = Array.from({ length: rowCount }, () => variables.map(() => null));
  let memory: readonly unknown[] = Array.from({ length: groupCount }, () => combiner.init?.(setup));

  return {
    async answer(forward) {
      const passes = passesOf(gradients, forward, remembered, variables.length);
      try {
        // Of private variables too, which the combiner does not see but which must be finite.
        const products = await named(passes.gram(), forward.rows);
        const losses = finite(products.scalars, forward.rows);
        const { precision, byVariable } = products;
        const isShared = shared(forward.rows, products.reached);
        const size = forward.rows.length + rowCount;
        const gramianOf = (belongs: (variable: number) => boolean) =>
          sumOf(
            size,
            byVariable.filter((_, v) => belongs(v)),
          );
        const gramians = memory.map((_, group) => gramianOf((v) => isShared[v]! && groupOf[v] === group));
        const answers = memory.map((own, group) => {
          const answer = combiner.combine({
            ...forward.context(losses, own),
            gramian: gramians[group]!,
            precision,
          });
          return checkedAnswer(combiner, answer, size, rowCount);
        });
        const parts = answers.map(({ coefficients }, group) => ({
          gramian: gramians[group]!,
          direction: coefficients,
        }));
        const shares = [...privateShares(forward.rows), ...remembered.map(() => 0)];
        const unseen = { gramian: gramianOf((v) => !isShared[v]), direction: shares };

        const next = (group: number, a: number) =>
          answers[group]!.remember?.[a] ?? unit(size, forward.rows.length + a);
        const changed = remembered.flatMap((_, a) =>
          answers.every((_, group) => isUnit(next(group, a), forward.rows.length + a)) ? [] : [a],
        );
        // Then the direction is the gradient of one weighted sum of the losses.
        const isOneSum = rowCount === 0 && groupCount === 1 && isShared.every(Boolean);
        const [direction, ...made] =
          gradients === 'streamed' && isOneSum
            ? [weightedPass(forward, answers[0]!.coefficients)]
            : passes.map((v) => {
                const group = groupOf[v]!;
                return isShared[v]
                  ? [answers[group]!.coefficients, ...changed.map((a) => next(group, a))]
                  : [shares, ...changed.map((a) => unit(size, forward.rows.length + a))];
              });
        return {
          direction: direction!,
          losses,
          diagnostics: diagnose(forward, sumOf(size, gramians), [...parts, unseen], precision),
          groups: answers.map(({ coefficients, certificate = null }) => ({
            coefficients: coefficients.map((c, index) => c * (forward.weights[index] ?? 1)),
            certificate,
          })),
          commit: () => {
            const adopted = [...remembered];
            for (const [index, a] of changed.entries()) {
              tf.dispose(adopted[a] as tf.Tensor[]);
              adopted[a] = made[index]!;
            }
            remembered = permanent(adopted);
            memory = answers.map((answer, group) => answer.memory ?? memory[group]);
          },
          discard: () => tf.dispose([direction, ...made] as tf.Tensor[][]),
        };
      } finally {
        passes.dispose();
      }
    },
    after: combiner.after
      ? (forward, losses) => {
          memory = memory.map((own) => combiner.after!(forward.context(losses, own)));
        }
      : undefined,
    state: () => ({ remembered, memory }),
    restore: (state) => {
      tf.dispose(remembered as tf.Tensor[][]);
      remembered = permanent(state.remembered);
      memory = state.memory;
    },
    dispose: () => {
      tf.dispose(remembered as tf.Tensor[][]);
      remembered = [];
    },
  };
}

/** Out of reach of a tidy scope that the caller has open around a step: these rows are needed by the next one. */
function permanent(rows: readonly Row[]): readonly Row[] {
  for (const row of rows) for (const tensor of row) if (tensor) tf.keep(tensor);
  return rows;
}

function isUnit(coefficients: readonly number[], index: number): boolean {
  return coefficients.every((c, i) => c === (i === index ? 1 : 0));
}
