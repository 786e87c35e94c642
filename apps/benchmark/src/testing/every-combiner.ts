import { plugin as baselines } from '@scalpel/baselines';
import { createToolkit } from '@scalpel/bench/sweep';
import { plugin as bloop } from '@scalpel/bloop';
import { checkOptions } from '@scalpel/core';
import { training } from '@scalpel/core/testing';
import { describe, test } from 'vitest';

const toolkit = createToolkit(bloop, baselines);

/** Options that methods do not work without. */
const needed: Readonly<Record<string, object>> = {
  constant: { weights: [2, 0.5, 1] },
  multiplier: { budget: 1 },
};

/** Every method with its defaults, and some with options that make them keep more state. */
export const variants: readonly (readonly [string, object])[] = [
  ...toolkit.combiners.map(({ id }) => [id, needed[id] ?? {}] as const),
  ['bloop', { update: 'before', initial: 'first', along: 'batch' }],
  ['bloop', { rho: 1, update: 'before' }],
  ['bloop', { project: 'cone' }],
  ['mgda', { normalize: 'both' }],
  ['pcgrad', { lambda: 0.5, average: { rho: 0.1 } }],
  ['dynamic-barrier', { lambda: 0.5, average: { rho: 0.1 } }],
  ['dynamic-barrier', { barrier: {} }],
];

/** The least number of objectives that must be present, if it is more than one. */
const least: Readonly<Record<string, number>> = { krum: 4, 'trimmed-mean': 3 };

/**
 * Tests that the methods, each with its options, train on a backend as they do in float64. `start` starts the
 * backend.
 */
export function describeCombiners(
  methods: readonly (readonly [string, object])[],
  start: () => Promise<void>,
): void {
  describe.each(methods)('%s %j', (id, given) => {
    const { create, options } = toolkit.combiner(id);
    for (const [name, check] of Object.entries(training)) {
      test(name, async () => {
        await start();
        await check({
          create: () => create(checkOptions(id, options, given) as never),
          ...(least[id] && { least: least[id] }),
        });
      });
    }
  });
}
