import * as tf from '@tensorflow/tfjs-core';
import type { GramianCombiner } from '../combiner.ts';
import { asked, checkedAnswer, groupsOf, initialOf, memoryAfter, rememberedBy } from '../combiner-answers.ts';
import type { Forward } from '../forward.ts';
import type { Row } from '../rows/kernels.ts';
import { NonFiniteRow } from '../rows/rows.ts';
import { unit } from '../symmetric-matrix.ts';
import { diagnose, sizeOf } from './diagnostics.ts';
import { type GramPass, passesOf } from './passes.ts';
import { finite, named, privateShares, type Road, type RoadOptions, sumOf, weightedPass } from './road.ts';

/** The largest float32. No element of a combination is larger than Σ |coefficient| · ‖row‖. */
const LARGEST = 2 ** 128;

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
  const rowCount = rememberedBy(combiner, setup);
  let remembered: readonly Row[] = Array.from({ length: rowCount }, () => variables.map(() => null));
  let memory: readonly unknown[] = Array.from({ length: groupCount }, () => initialOf(combiner, setup));

  /** What the combiner says to each group of variables, with the Gramian it was shown. */
  function ask(
    forward: Forward,
    losses: readonly number[],
    { byVariable, distances, precision }: GramPass,
    isShared: readonly boolean[],
  ) {
    const size = forward.rows.length + rowCount;
    return memory.map((own, group) => {
      const isOwn = (_: unknown, v: number) => isShared[v]! && groupOf[v] === group;
      const gramian = sumOf(size, byVariable.filter(isOwn));
      const between = combiner.distances && sumOf(forward.rows.length, distances.filter(isOwn));
      const step = {
        ...forward.context(losses, own),
        gramian,
        precision,
        ...(between && { distances: between }),
      };
      return {
        gramian,
        ...checkedAnswer(
          combiner,
          asked(combiner, () => combiner.combine(step)),
          size,
          rowCount,
          step,
        ),
      };
    });
  }

  return {
    async answer(forward) {
      const passes = passesOf(gradients, forward, remembered, variables.length);
      try {
        // Of private variables too, which the combiner does not see but which must be finite.
        const products = await named(passes.gram({ distances: combiner.distances === true }), forward.rows);
        const losses = finite(products.scalars, forward.rows);
        const isShared = shared(forward.rows, products.reached);
        const answers = ask(forward, losses, products, isShared);

        const size = forward.rows.length + rowCount;
        const itself = (a: number) => unit(size, forward.rows.length + a);
        const changed = remembered.flatMap((_, a) =>
          answers.every(({ remember }) => stays(remember?.[a], forward.rows.length + a)) ? [] : [a],
        );
        const shares = [...privateShares(forward.rows), ...remembered.map(() => 0)];
        const coefficientsOf = (v: number) => {
          if (!isShared[v]) return [shares, ...changed.map(itself)];
          const { coefficients, remember } = answers[groupOf[v]!]!;
          return [coefficients, ...changed.map((a) => remember?.[a] ?? itself(a))];
        };
        for (const [v, gramian] of products.byVariable.entries()) {
          if (!coefficientsOf(v).every((list) => sizeOf(gramian, list) < LARGEST))
            throw new NonFiniteRow(size, v, products.scalars);
        }
        const isOneSum = rowCount === 0 && groupCount === 1 && isShared.every(Boolean);
        const [direction, ...made] =
          gradients === 'streamed' && isOneSum
            ? [weightedPass(forward, answers[0]!.coefficients)]
            : passes.map(coefficientsOf);

        const seen = sumOf(
          size,
          answers.map(({ gramian }) => gramian),
        );
        const unseen = sumOf(
          size,
          products.byVariable.filter((_, v) => !isShared[v]),
        );
        const parts = [
          ...answers.map(({ gramian, coefficients }) => ({ gramian, direction: coefficients })),
          { gramian: unseen, direction: shares },
        ];
        let next = answers.map((answer, group) => answer.memory ?? memory[group]);
        return {
          direction: direction!,
          losses,
          diagnostics: diagnose(forward, seen, parts, products.precision),
          groups: answers.map(({ coefficients, certificate = null }) => ({
            coefficients: coefficients.map((c, index) => c * (forward.weights[index] ?? 1)),
            certificate,
          })),
          after: combiner.after
            ? (after) => {
                next = next.map((own) => memoryAfter(combiner, forward.context(after, own)));
              }
            : undefined,
          commit: () => {
            const adopted = [...remembered];
            for (const [index, a] of changed.entries()) {
              tf.dispose(adopted[a] as tf.Tensor[]);
              adopted[a] = made[index]!;
            }
            remembered = permanent(adopted);
            memory = next;
          },
          discard: () => tf.dispose([direction, ...made] as tf.Tensor[][]),
        };
      } finally {
        passes.dispose();
      }
    },
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

/** Whether a remembered row, at this index, stays what it is. */
function stays(coefficients: readonly number[] | undefined, index: number): boolean {
  return coefficients === undefined || coefficients.every((c, i) => c === (i === index ? 1 : 0));
}
