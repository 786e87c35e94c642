import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';

/*
 * Gives every gradient the same length, then sums them:
 *
 *   d = Σᵢ length · gᵢ / ‖gᵢ‖
 */

export interface EqualOptions {
  /** Length that every gradient is given, positive. Default 1. */
  readonly length?: number;
}

const schema = v.strictObject({ length: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1) });

/** A zero gradient stays zero. */
export function equal(options: EqualOptions = {}): GramianCombiner {
  const { length } = checkOptions('equal', schema, options);
  return {
    name: 'equal',
    // Inner products of the gradients are all that it looks at.
    needs: 'gramian',
    combine: ({ gramian, rows }) => ({
      coefficients: rows.map((_, i) => (gramian.at(i, i) > 0 ? length / Math.sqrt(gramian.at(i, i)) : 0)),
    }),
  };
}

export const equalDefinition: CombinerDefinition = {
  id: 'equal',
  title: 'Equal lengths',
  summary: 'Sums the gradients after giving each the same length.',
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options: schema,
  create: equal,
};
