import type { CombinerDefinition, ConstantCombiner } from '@scalpel/core';
import * as v from 'valibot';

/** The sum of the gradients: d = Σ gᵢ over the rows present. */
export function sum(): ConstantCombiner {
  return {
    name: 'sum',
    needs: 'nothing',
    weights: (rows) => rows.map(() => 1),
  };
}

export const sumDefinition: CombinerDefinition = {
  id: 'sum',
  title: 'Sum',
  summary: 'The sum of the gradients.',
  version: 1,
  guarantees: ['linear-under-scaling', 'permutation-equivariant', 'weighted'],
  options: v.strictObject({}),
  create: sum,
};
