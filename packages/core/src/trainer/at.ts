import type { GradientCombiner, Setup } from '../combiner.ts';
import { described } from '../described.ts';
import { isShared } from '../forward/shared.ts';
import { batchesOf, rememberedBy } from '../protocol/declared.ts';

/** Throws unless `at` is a shared computation, and nothing else says where inner products are taken. */
export function checkAt({
  at,
  over,
  coefficients,
}: {
  at?: unknown;
  over?: unknown;
  coefficients?: unknown;
}): void {
  if (!isShared(at)) {
    throw new Error(
      `createTrainer: option at: it is ${described(at)}, but must be a function that shared(...) has returned, as in const features = shared((batch) => trunk(batch.images)).`,
    );
  }
  const problem =
    over !== undefined
      ? 'inner products run over variables, or are taken at features. Leave out `over` or `at`'
      : coefficients !== undefined
        ? 'a step with `at` makes one pass through the trunk anyway. Leave out `coefficients` or `at`'
        : null;
  if (problem) throw new Error(`createTrainer: option at: ${problem}.`);
}

/** Throws unless the combiner can take its inner products at features. */
export function checkFeatures(combiner: GradientCombiner, setup: Setup): void {
  const problem = problemOf(combiner, setup);
  if (problem) throw new Error(`createTrainer: option at: ${problem}.`);
}

function problemOf(combiner: GradientCombiner, setup: Setup): string | null {
  const { name } = combiner;
  const instead = 'Use another combiner, or `over` instead of `at`';
  const one = setup.rows.find(({ example }) => example !== undefined);
  if (one) {
    return `objective "${one.objective}" is perExample, but each example has features of its own, so nothing would be seen of the conflicts between examples. Use \`over\` instead of \`at\``;
  }
  if (combiner.needs === 'elements')
    return `${name} takes no inner products: it looks at single elements of the gradients. Leave \`at\` out`;
  if (combiner.needs !== 'gramian') return null;
  if (rememberedBy(combiner, setup) > 0)
    return `${name} remembers gradients, but those with respect to the features of two batches cannot be compared. ${instead}`;
  if (batchesOf(combiner) > 1)
    return `${name} compares gradients of ${batchesOf(combiner)} batches, but those with respect to their features cannot be compared. ${instead}`;
  if (combiner.groups) return `${name} has groups of variables, but features belong to none. ${instead}`;
  return null;
}
