// Combiners are values, and a composition of combiners is a combiner.
import { mgda } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { byLevel, clipped, createVectorEngine } from '@scalpel/core';

// Two tasks share the first level, where no one may suffer for the other; a third gives way to both.
const combiner = clipped(byLevel({ within: mgda(), across: bloop({ lambda: 0.5 }) }), { norm: 10 });

// Any combiner runs on plain vectors, in float64 and without tensors: to look at it, or to test your own.
const engine = createVectorEngine({
  combiner,
  objectives: [
    { name: 'left', priority: 0 },
    { name: 'right', priority: 0 },
    { name: 'small', priority: 1 },
  ],
});
const left = [2, 0, 1];
const right = [0, 2, 1];
const small = [-1, -1, 3];
for (const step of [1, 2]) {
  const { direction } = engine.step({ batches: [[left, right, small]] });
  console.log(`step ${step}: ${direction.map((x) => x.toFixed(3)).join(' ')}`);
}
