import { checkOptions } from '@scalpel/core';
import { type ConformanceOptions, describeCombiner } from '@scalpel/core/testing';
import { plugin } from './index.ts';

/** The smallest number of objectives that a method needs in a step. */
const demands: Readonly<Record<string, Omit<ConformanceOptions, 'guarantees'>>> = {
  // f + 3 rows, with f = 1.
  krum: { least: 4 },
  // 2 · trim + 1 rows, with trim = 1.
  'trimmed-mean': { least: 3 },
};

/** Options for methods that have no defaults. */
const needed: Readonly<Record<string, object>> = {
  constant: { weights: [2, 0.5, 1] },
  multiplier: { budget: 1 },
};

/** Options with which methods compute or remember something else, and the guarantees that still hold. */
const variants: readonly (readonly [string, object, ConformanceOptions['guarantees']])[] = [
  ['mixed', { lambda: 0.1 }, ['linear-under-scaling', 'permutation-equivariant', 'weighted']],
  [
    'mgda',
    { normalize: 'length' },
    ['non-conflicting', 'permutation-equivariant', 'weighted', 'stationary-at-pareto-points'],
  ],
  ['mgda', { normalize: 'loss' }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['mgda', { normalize: 'both' }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['pcgrad', { order: 'ascending' }, ['linear-under-scaling', 'weighted']],
  ['pcgrad', { lambda: 0.5 }, ['permutation-equivariant', 'weighted']],
  ['pcgrad', { lambda: 0.5, average: { rho: 0.1 } }, ['permutation-equivariant']],
  ['pcgrad', { lambda: 0.5, average: { rho: 0.1, update: 'before' } }, ['permutation-equivariant']],
  ['dynamic-barrier', { lambda: 0.5, average: { rho: 0.1 } }, ['permutation-equivariant']],
  ['dynamic-barrier', { barrier: {} }, ['permutation-equivariant', 'respects-priority', 'weighted']],
  [
    'dynamic-barrier',
    { barrier: { alpha: 0.1, beta: 2, lowest: -1 } },
    ['permutation-equivariant', 'respects-priority', 'weighted'],
  ],
  ['pcd', { tau: 0.3, beta: 0, epsilon: 1e-8 }, ['permutation-equivariant', 'weighted']],
  ['multiplier', { budget: 0.1, stepSize: 1 }, ['permutation-equivariant', 'weighted']],
  ['nash-mtl', { preference: [2, 0.5, 1], maxNorm: 1 }, ['non-conflicting', 'weighted']],
  ['fairgrad', { preference: [2, 0.5, 1], alpha: 2 }, ['non-conflicting', 'weighted']],
  ['fairgrad', { alpha: 0 }, ['linear-under-scaling', 'permutation-equivariant', 'weighted']],
  ['config', { preference: [2, 0.5, 1] }, ['linear-under-scaling', 'weighted']],
  ['config', { preference: [2, 0.5, 1], momentum: { beta: 0.5 } }, []],
  ['dualproj', { preference: [2, 0, 1] }, ['non-conflicting', 'weighted']],
  ['upgrad', { preference: [2, 0, 1] }, ['non-conflicting', 'linear-under-scaling', 'weighted']],
  ['dualproj', { regularization: 1e-4 }, ['permutation-equivariant', 'weighted']],
  ['upgrad', { regularization: 1e-4 }, ['permutation-equivariant', 'weighted']],
  ['cagrad', { c: 1, rescale: 1 }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['cagrad', { c: 1e6, rescale: 2 }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['nash-mtl', { maxNorm: 1 }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['fairgrad', { alpha: 0.5 }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['fairgrad', { alpha: 5 }, ['non-conflicting', 'permutation-equivariant', 'weighted']],
  ['aligned-mtl', { scale: 'median' }, ['permutation-equivariant', 'weighted']],
  ['aligned-mtl', { scale: 'rmse', preference: [2, 0, 1] }, ['weighted']],
  ['config', { momentum: {} }, []],
  ['config', { momentum: { beta: 0.5, optimizer: 'adam' } }, []],
  ['moco', { gamma: 1e-3, rho: 0.5 }, ['permutation-equivariant']],
  ['db-mtl', { sigma: 0.5, regularization: 1e-8 }, ['permutation-equivariant']],
  ['modo', { gamma: 0.1, batches: 2 }, ['permutation-equivariant', 'weighted']],
  ['sdmgrad', { lambda: 0, regularization: 1e-8 }, ['weighted']],
  ['stch', { preference: [2, 0, 1], ideal: -1 }, ['weighted']],
  ['stch', { warmup: 1 }, ['permutation-equivariant', 'weighted']],
  ['cosmos', { concentration: 0.5 }, ['weighted']],
  ['pbi', { preference: [2, 0, 1], ideal: [0, 0.1, -1] }, ['weighted']],
  ['famo', { minimum: -1, regularization: 1e-8 }, ['permutation-equivariant', 'weighted']],
];

function create(id: string, options: object) {
  const definition = plugin.combiners!.find((combiner) => combiner.id === id)!;
  return definition.create(checkOptions(id, definition.options, options) as never);
}

for (const { id, guarantees } of plugin.combiners!) {
  describeCombiner(() => create(id, needed[id] ?? {}), { title: id, guarantees, ...demands[id] });
}

for (const [id, options, guarantees] of variants) {
  describeCombiner(() => create(id, options), {
    title: `${id} ${JSON.stringify(options)}`,
    guarantees,
    ...demands[id],
  });
}
