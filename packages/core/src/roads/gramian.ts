import * as tf from '@tensorflow/tfjs-core';
import type { GramianCombiner } from '../combiner.ts';
import { combination, innerProducts, type Row } from '../rows.ts';
import { checkedAnswer, groupsOf } from '../setup.ts';
import { unit } from '../symmetric-matrix.ts';
import { diagnose } from './diagnostics.ts';
import {
  addPrivate,
  backwardPasses,
  finite,
  named,
  privateShares,
  type Road,
  type RoadOptions,
  sumOf,
} from './road.ts';

/** Coefficients from inner products: one backward pass per row, then the passes *gram* and *map*. */
export function gramianRoad({ combiner, setup, variables, shared }: RoadOptions<GramianCombiner>): Road {
  const sizes = variables.map(({ size }) => size);
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
      const gradients = backwardPasses(forward);
      try {
        const isShared = shared(forward.rows, gradients);
        const all = [...gradients, ...remembered];
        // Of private variables too, which the combiner does not see but which must be finite.
        const products = await named(innerProducts(all, sizes, forward.losses), forward.rows);
        const losses = finite(products.scalars, forward.rows);
        const rows = all.map((row) => row.map((t, v) => (isShared[v] ? t : null)));
        const gramianOf = (belongs: (variable: number) => boolean) =>
          sumOf(
            rows.length,
            products.byVariable.filter((_, v) => belongs(v)),
          );
        const { precision } = products;
        const gramians = memory.map((_, group) => gramianOf((v) => isShared[v]! && groupOf[v] === group));
        const answers = memory.map((own, group) => {
          const answer = combiner.combine({
            ...forward.context(losses, own),
            gramian: gramians[group]!,
            precision,
          });
          return checkedAnswer(combiner, answer, rows.length, rowCount);
        });
        const parts = answers.map(({ coefficients }, group) => ({
          gramian: gramians[group]!,
          direction: coefficients,
        }));
        const shares = [...privateShares(forward.rows), ...remembered.map(() => 0)];
        const unseen = { gramian: gramianOf((v) => !isShared[v]), direction: shares };
        const direction = combination(rows, (v) => answers[groupOf[v]!]!.coefficients, variables.length);
        addPrivate(direction, gradients, forward.rows, isShared);
        const next = remembered.map((row, a) => {
          const itself = unit(rows.length, gradients.length + a);
          const of = (group: number) => answers[group]!.remember?.[a] ?? itself;
          const stays = answers.every((_, group) => of(group).every((c, index) => c === itself[index]));
          return stays ? row : combination(rows, (v) => of(groupOf[v]!), variables.length);
        });
        return {
          direction,
          losses,
          diagnostics: diagnose(forward, sumOf(rows.length, gramians), [...parts, unseen], precision),
          groups: answers.map(({ coefficients, certificate = null }) => ({
            coefficients: coefficients.map((c, index) => c * (forward.weights[index] ?? 1)),
            certificate,
          })),
          commit: () => {
            for (const [a, row] of remembered.entries()) if (next[a] !== row) tf.dispose(row as tf.Tensor[]);
            remembered = kept(next);
            memory = answers.map((answer, group) => answer.memory ?? memory[group]);
          },
          discard: () => {
            for (const [a, row] of next.entries()) if (remembered[a] !== row) tf.dispose(row as tf.Tensor[]);
            tf.dispose(direction as tf.Tensor[]);
          },
        };
      } finally {
        tf.dispose(gradients as tf.Tensor[][]);
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
      remembered = kept(state.remembered);
      memory = state.memory;
    },
    dispose: () => {
      tf.dispose(remembered as tf.Tensor[][]);
      remembered = [];
    },
  };
}

/** Out of reach of a tidy scope that the caller has open around a step: these rows are needed by the next one. */
function kept(rows: readonly Row[]): readonly Row[] {
  for (const row of rows) for (const tensor of row) if (tensor) tf.keep(tensor);
  return rows;
}
