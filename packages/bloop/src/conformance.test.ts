import { normalized, perGroup } from '@scalpel/core';
import { describeCombiner } from '@scalpel/core/testing';
import { type BloopOptions, bloop, bloopDefinition } from './bloop.ts';
import { bloopAverage, bloopAverageDefinition } from './bloop-average.ts';

const { guarantees } = bloopDefinition;

const variants: readonly (readonly [BloopOptions, typeof guarantees])[] = [
  [{}, guarantees],
  // Projections on this batch's gradients, at least in the first step.
  [{ lambda: 0.1, initial: 'first', guard: 'drop' }, ['permutation-equivariant']],
  // Moving the averages before the projection makes it depend on the lengths of the newest gradients.
  [{ update: 'before', rho: 0.1 }, ['permutation-equivariant']],
  // No averages left.
  [{ update: 'before', rho: 1 }, ['permutation-equivariant', 'respects-priority']],
  // A projection on a cone is not linear in the gradients of a level.
  [{ project: 'cone' }, ['permutation-equivariant']],
  [{ project: 'cone', update: 'before', rho: 0.1, initial: 'first' }, ['permutation-equivariant']],
  [
    { project: 'cone', update: 'before', rho: 1, lambda: 0.1 },
    ['permutation-equivariant', 'respects-priority'],
  ],
  [{ along: 'batch', initial: 'first' }, ['permutation-equivariant', 'weighted']],
];

for (const [options, claims] of variants) {
  describeCombiner(() => bloop(options), { title: `bloop ${JSON.stringify(options)}`, guarantees: claims });
}

// Compositions, with averages of normalised gradients, and averages of each variable.
for (const by of ['length', 'loss', 'both'] as const) {
  describeCombiner(() => normalized(bloop({ rho: 0.3 }), { by }), {
    title: `bloop on gradients normalised by ${by}`,
    guarantees: [],
  });
}

describeCombiner(() => perGroup(bloop({ rho: 0.3 }), (variable) => variable), {
  title: 'bloop on each variable by itself',
  guarantees: ['linear-under-scaling', 'permutation-equivariant'],
});

for (const average of ['all', 'directions', 'batches'] as const) {
  describeCombiner(() => bloopAverage({ average, lambda: 0.5, rho: 0.3 }), {
    title: `bloop-average ${average}`,
    guarantees: bloopAverageDefinition.guarantees,
  });
}
