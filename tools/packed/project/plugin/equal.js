import { checkOptions, definePlugin } from '@scalpel/core';
import { z } from 'zod';

const options = z.strictObject({ length: z.number().positive().default(1) });

export function equal(input = {}) {
  const { length } = checkOptions('equal', options, input);
  return {
    name: 'equal',
    needs: 'gramian',
    combine: ({ gramian, rows }) => ({
      coefficients: rows.map((_, i) => (gramian.at(i, i) > 0 ? length / Math.sqrt(gramian.at(i, i)) : 0)),
    }),
  };
}

export const definition = {
  id: 'equal',
  title: 'Equal lengths',
  summary: 'Sums the gradients after giving each the same length.',
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options,
  create: equal,
};

export const plugin = definePlugin({ name: 'scalpel-plugin-equal', combiners: [definition] });
