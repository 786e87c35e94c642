import type { GradientCombiner, Setup } from '../combiner.ts';
import { rememberedBy } from './declared.ts';

/** Throws unless the coefficients of this combiner can be kept for several steps. */
export function checkKeeps(combiner: GradientCombiner, setup: Setup): void {
  const examples = setup.rows.find(({ example }) => example !== undefined);
  if (examples) {
    throw new Error(
      `createTrainer: option coefficients.every: objective "${examples.objective}" is perExample, and the next batch has other examples. Leave the option out.`,
    );
  }
  const reason =
    combiner.needs !== 'gramian'
      ? 'computes none from inner products, so a step has nothing to leave out'
      : combiner.after
        ? 'looks at the losses after each step'
        : combiner.groups
          ? 'has other coefficients for each group of variables, which one backward pass does not give'
          : rememberedBy(combiner, setup) > 0
            ? 'remembers gradients, and needs those of each step'
            : null;
  if (reason === null) return;
  throw new Error(
    `createTrainer: option coefficients.every: the combiner ${combiner.name} ${reason}. Leave the option out.`,
  );
}
