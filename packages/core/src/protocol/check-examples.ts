import type { GradientCombiner, Setup } from '../combiner.ts';
import { initialOf, rememberedBy } from './declared.ts';

/**
 * Throws if the combiner keeps something for single rows between steps although some of them stand for
 * examples, which differ from batch to batch.
 */
export function checkExamples(combiner: GradientCombiner, setup: Setup): void {
  const row = setup.rows.find(({ example }) => example !== undefined);
  if (!row || !keepsRows(combiner, setup)) return;
  throw new Error(
    `Objective "${row.objective}" is perExample, but the combiner ${combiner.name} remembers something of each objective between steps, and the examples of two batches are not the same. ` +
      'Use a combiner without such a memory, or the mean of the loss.',
  );
}

function keepsRows(combiner: GradientCombiner, setup: Setup): boolean {
  if (combiner.needs === 'nothing' || combiner.needs === 'elements') return false;
  if (combiner.memoryOf === 'levels') return false;
  if (combiner.after || initialOf(combiner, setup) !== undefined) return true;
  return combiner.needs === 'gramian' && rememberedBy(combiner, setup) > 0;
}
