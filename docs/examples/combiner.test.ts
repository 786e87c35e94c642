import { plugin } from '@scalpel/backends/choose';
import { describeCombiner } from '@scalpel/core/testing';
import { limited } from './combiner.ts';
import { agreed, halved, unitSum, worst } from './kinds.ts';

// The conformance kit proves what a combiner declares.
const backends = plugin.backends!.filter(({ id }) => id === 'cpu' || id === 'wasm');

describeCombiner(() => limited(), { guarantees: ['permutation-equivariant'], backends });

describeCombiner(() => halved, { guarantees: ['linear-under-scaling', 'weighted'], backends });
describeCombiner(() => worst, { guarantees: ['weighted'], backends });
describeCombiner(() => unitSum, { guarantees: ['permutation-equivariant', 'weighted'], backends });
describeCombiner(() => agreed, { guarantees: ['permutation-equivariant'], backends });
