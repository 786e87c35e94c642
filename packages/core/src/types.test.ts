import { expectTypeOf, test } from 'vitest';
import type { GradientCombiner, GramianCombiner, Objective } from './index.ts';
import { createTrainer } from './index.ts';

// The compiler checks this file: each marked line must not compile.

test('a combiner offers what it needs, and nothing else', () => {
  // @ts-expect-error: a Gramian combiner answers with coefficients
  const wrong: GradientCombiner = { name: 'x', needs: 'gramian', combine: () => ({ weights: [1] }) };
  // @ts-expect-error: there is no such kind
  const unknown: GradientCombiner = { name: 'x', needs: 'hessian', combine: () => ({ coefficients: [1] }) };
  expectTypeOf(wrong).not.toBeAny();
  expectTypeOf(unknown).not.toBeAny();
  expectTypeOf<GramianCombiner<number>>().toExtend<GradientCombiner>();
});

test('objectives of one trainer take one kind of batch', () => {
  const numbers: Objective<number> = { name: 'a', priority: 0, loss: () => null };
  const words: Objective<string> = { name: 'b', priority: 1, loss: () => null };
  const rest = { combiner: null as never, optimizer: null as never, variables: [] };
  // @ts-expect-error: a string is not a number
  expectTypeOf(() => createTrainer<number>({ objectives: [numbers, words], ...rest })).not.toBeAny();
  // @ts-expect-error: an asynchronous loss has no gradient
  expectTypeOf<Objective>({ name: 'c', priority: 0, loss: async () => null }).not.toBeAny();
});
