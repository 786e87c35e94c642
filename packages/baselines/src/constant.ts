import {
  type CombinerDefinition,
  type ConstantCombiner,
  checkOptions,
  finiteNumber,
  type Setup,
} from '@scalpel/core';
import * as v from 'valibot';
import { numbersOf } from './parts/per-objective.ts';

/*
 * Fixed weights: d = Σ wᵢ gᵢ, the gradient of the weighted loss. With one weight per objective, the best
 * linear scalarisation is among its settings. Tune it before you believe any other result: Kurin, De Palma,
 * Kostrikov, Whiteson, Kumar, "In Defense of the Unitary Scalarization for Deep Multi-Task Learning", NeurIPS
 * 2022, arXiv 2201.04122.
 */

export interface ConstantOptions {
  /** One finite weight per objective, in the order in which they were given. */
  readonly weights: readonly number[];
}

const schema = v.strictObject({
  weights: v.pipe(v.array(finiteNumber), v.minLength(1)),
});

/** Fixed weights. Weights of absent objectives are left out, and the others stay as they are. */
export function constant(options: ConstantOptions): ConstantCombiner {
  const { weights } = checkOptions('constant', schema, options);
  return {
    name: 'constant',
    needs: 'nothing',
    check: (setup) => checkWeights(weights, setup),
    weights: (rows, setup) => numbersOf(weights, { rows, setup }),
  };
}

export const constantDefinition: CombinerDefinition = {
  id: 'constant',
  title: 'Constant weights',
  summary: 'The sum of the gradients with one fixed weight each.',
  paper: {
    title: 'In Defense of the Unitary Scalarization for Deep Multi-Task Learning',
    authors: 'Kurin, De Palma, Kostrikov, Whiteson, Kumar',
    year: 2022,
    arxiv: '2201.04122',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'weighted'],
  options: schema,
  create: constant,
};

function checkWeights(weights: readonly number[], { rows }: Setup): void {
  if (weights.length === rows.length) return;
  throw new Error(
    `constant: there are ${weights.length} weights for ${rows.length} objectives. Give one each, in their order.`,
  );
}
