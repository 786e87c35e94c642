import type { GradientCombiner, Setup } from '../combiner.ts';
import { batchesOf, rememberedBy } from '../protocol/declared.ts';

/** Throws unless a combiner can take its inner products at features. */
export function checkRepresentation(
  combiner: GradientCombiner,
  setup: Setup,
  keepsCoefficients: boolean,
): void {
  const problem = problemOf(combiner, setup, keepsCoefficients);
  if (problem) throw new Error(`createTrainer: option over: with a representation, ${problem}.`);
}

function problemOf(combiner: GradientCombiner, setup: Setup, keepsCoefficients: boolean): string | null {
  const { name } = combiner;
  const instead = 'Use another combiner, or let inner products run over variables';
  const one = setup.rows.find(({ example }) => example !== undefined);
  if (one) {
    return `objective "${one.objective}" must not be perExample: each example has features of its own, so nothing would be seen of the conflicts between examples. Let inner products run over variables`;
  }
  if (keepsCoefficients) return 'a step makes one pass through the trunk anyway. Leave out `coefficients`';
  if (combiner.needs === 'elements')
    return `${name} is of no use: it takes no inner products, but looks at single elements. Leave out \`over\``;
  if (combiner.needs !== 'gramian') return null;
  if (rememberedBy(combiner, setup) > 0)
    return `${name} would compare features of different batches, because it remembers gradients. ${instead}`;
  if (batchesOf(combiner) > 1)
    return `${name} would compare features of different batches, because it takes ${batchesOf(combiner)} a step. ${instead}`;
  return combiner.groups ? `${name} has groups of variables, but features belong to none. ${instead}` : null;
}
