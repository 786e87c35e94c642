import { checkOptions, createVectorEngine, type GradientCombiner, smoothed } from '@scalpel/core';
import { gradients, relativeError, withPriorities } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import type { CrMogmOptions } from './cr-mogm.ts';
import { gradnorm, mgda, pcgrad, plugin } from './index.ts';

const definition = plugin.combiners!.find(({ id }) => id === 'cr-mogm')!;
const crMogm = (options: CrMogmOptions = {}): GradientCombiner =>
  definition.create(checkOptions('cr-mogm', definition.options, options) as never);

const coefficientsOf = (combiner: GradientCombiner, steps: number, seed = 4) => {
  const engine = createVectorEngine({ combiner, objectives: withPriorities(0, 0, 0), seed });
  const next = gradients(7, 3, 4);
  return Array.from(
    { length: steps },
    (_, step) => engine.step({ batches: [next()], losses: [1, 2 / (1 + step), 3] }).coefficients,
  );
};

test('by default: κ = 0.9 around MGDA, from its first answer on', () => {
  const inner = coefficientsOf(mgda(), 20);
  let expected = inner[0]!;
  for (const [step, actual] of coefficientsOf(crMogm(), 20).entries()) {
    if (step > 0) expected = expected.map((c, i) => 0.9 * c + 0.1 * inner[step]![i]!);
    expect(relativeError(actual, expected)).toBeLessThan(1e-14);
    expect(actual.reduce((a, b) => a + b)).toBeCloseTo(1, 13);
  }
});

test('it is `smoothed` around any method, with its options', () => {
  const cases = [
    [{ combiner: 'pcgrad', options: { order: 'ascending' } }, pcgrad({ order: 'ascending' })],
    [{ combiner: 'gradnorm', decay: 0.3, options: { rate: 0.1 } }, gradnorm({ rate: 0.1 })],
  ] as const;
  for (const [options, inner] of cases) {
    const { decay } = { decay: 0.9, ...options };
    expect(coefficientsOf(crMogm(options), 10)).toEqual(coefficientsOf(smoothed(inner, { decay }), 10));
  }
  expect(coefficientsOf(crMogm({ decay: 0 }), 10)).toEqual(coefficientsOf(mgda(), 10));
});

test('what it refuses, and what to do', () => {
  expect(() => crMogm({ combiner: 'mdga' })).toThrow(
    /^cr-mogm: option combiner: there is no "mdga" among the methods that it can hold\. Known: .*\bmgda\b/,
  );
  expect(() => crMogm({ combiner: 'cr-mogm' })).toThrow(/there is no "cr-mogm"/);
  expect(() => crMogm({ combiner: 'mgda', options: { c: 1 } })).toThrow(/^cr-mogm: mgda: .*"c"/);
  expect(() => crMogm({ combiner: 'graddrop' })).toThrow(/graddrop looks at single elements/);
  expect(() => crMogm({ decay: 1 })).toThrow(/^cr-mogm: option decay/);
});
