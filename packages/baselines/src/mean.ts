import type { CombinerDefinition, ConstantCombiner } from '@scalpel/core';
import * as v from 'valibot';

/** The mean of the gradients: d = (1/K) Σ gᵢ over the K rows present. */
export function mean(): ConstantCombiner {
  return {
    name: 'mean',
    needs: 'nothing',
    weights: (rows) => rows.map(() => 1 / rows.length),
  };
}

export const meanDefinition: CombinerDefinition = {
  id: 'mean',
  title: 'Mean',
  summary: 'The mean of the gradients.',
  version: 1,
  guarantees: ['linear-under-scaling', 'permutation-equivariant', 'weighted'],
  options: v.strictObject({}),
  create: mean,
};
