// A package of your own exports a value called `plugin`. Name it with --plugin and its methods are everywhere.

import { createToolkit } from '@scalpel/bench/sweep';
import {
  type CombinerDefinition,
  checkOptions,
  definePlugin,
  finiteNumber,
  type GramianCombiner,
  type Plugin,
} from '@scalpel/core';
import * as v from 'valibot';

export interface EqualizedOptions {
  /** Length that every gradient is given, positive; default 1. */
  readonly length?: number;
}

const options = v.strictObject({ length: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1) });

/** d = Σ length · gᵢ / ‖gᵢ‖, a zero gradient staying zero. */
export function equalized(input: EqualizedOptions = {}): GramianCombiner {
  const { length } = checkOptions('equalized', options, input);
  return {
    name: 'equalized',
    needs: 'gramian',
    combine: ({ gramian, rows }) => ({
      coefficients: rows.map((_, i) => (gramian.at(i, i) > 0 ? length / Math.sqrt(gramian.at(i, i)) : 0)),
    }),
  };
}

const definition: CombinerDefinition = {
  id: 'equalized',
  title: 'Equalized',
  summary: 'Sums the gradients after giving each the same length.',
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options,
  create: equalized,
};

export const plugin: Plugin = definePlugin({ name: 'scalpel-plugin-equalized', combiners: [definition] });

const toolkit = createToolkit(plugin);
console.log(toolkit.combiners.map(({ id, title }) => `${id}: ${title}`).join('\n'));
