import { describe, expect, test } from 'vitest';
import { createToolkit } from '../run/create-toolkit.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { hashOf } from './canonical.ts';
import { planChosen } from './chosen.ts';
import { planSuite } from './plan.ts';
import type { SuiteEntry } from './suite.ts';

const toolkit = createToolkit(plugin);
const lambda = { from: 0.01, to: 100, scale: 'log' } as const;
const tuned: Partial<SuiteEntry> = {
  price: { alone: 'Fixed' },
  tuning: { trials: 6, seeds: [7, 8], rate: { from: 0.5, to: 2, scale: 'log' }, curve: 16 },
  methods: [
    { label: 'Tuned', combiner: 'weighted', tune: { options: { lambda } } },
    { label: 'Fixed', combiner: 'weighted' },
  ],
};
const plan = (changes: Partial<SuiteEntry> = {}, options = {}) =>
  planSuite(toySuite({ ...tuned, ...changes }), toolkit, { backend: 'cpu', ...options });

test('trials come before what is reported, on seeds of their own', () => {
  const { runs, entries } = plan();
  expect(runs.map(({ spec }) => spec.seed)).toEqual([...Array(6).fill(7), ...Array(6).fill(8), 0, 1]);
  expect(runs[0]!.name).toBe('toy, Tuned, lambda 0, tuning seed 7');
  const [method, fixed] = entries[0]!.methods;
  expect(method!.points.map(({ runs, tuning }) => [runs.length, tuning!.length])).toEqual(
    Array(6).fill([0, 2]),
  );
  expect(fixed!.points.map(({ runs, tuning }) => [runs.length, tuning])).toEqual([[2, undefined]]);
  expect(runs.every(({ key, spec }) => key === hashOf(spec))).toBe(true);
});

test('the trials of a method do not depend on the order of the methods or on the others', () => {
  const keys = (changes?: Partial<SuiteEntry>) =>
    plan(changes).entries[0]!.methods.find(({ label }) => label === 'Tuned')!.points;
  expect(keys({ methods: tuned.methods!.toReversed() })).toEqual(keys());
  expect(keys({ price: { alone: 'Tuned' }, methods: [tuned.methods![0]!] })).toEqual(keys());
});

describe('seeds that choose are not reported', () => {
  const message = 'seed 8 would choose settings and report them as well';
  test('by the suite', () => expect(() => plan({ seeds: [0, 8] })).toThrow(message));
  test('by the command line', () => expect(() => plan({}, { seeds: [8, 9] })).toThrow(message));
});

test('a method that says what to tune needs a tuning', () => {
  const { tuning: _, ...rest } = tuned;
  const suite = toySuite(rest);
  expect(() => planSuite(suite, toolkit, { backend: 'cpu' })).toThrow(
    'says what to tune, but the entry has no `tuning`',
  );
});

test('main alone is always selected, for settings are chosen beside it', () => {
  const { methods } = plan({}, { only: ['Tuned'] }).entries[0]!;
  expect(methods.map(({ label }) => label)).toEqual(['Tuned', 'Fixed']);
  expect(plan({ price: { alone: 'Tuned' } }, { only: ['Tuned'] }).entries[0]!.methods).toHaveLength(1);
});

test('a tuning needs main alone, from which budgets count', () => {
  const suite = toySuite({ ...tuned, price: {} });
  expect(() => planSuite(suite, toolkit, { backend: 'cpu' })).toThrow('name it in `price.alone`');
});

test('a method has a sweep or something to tune', () => {
  const both = { label: 'Both', combiner: 'weighted', sweep: { lambda: [1, 2] }, tune: {} };
  expect(() => plan({ price: { alone: 'Both' }, methods: [both] })).toThrow(
    'has both a sweep and something to tune',
  );
});

test('what is expected is in every spec, so a change of it is another run', () => {
  const specs = plan({ expected: 'Ours wins.' }).runs.map(({ spec }) => spec.expected);
  expect(new Set(specs)).toEqual(new Set([hashOf('Ours wins.')]));
  const keys = (expected: string) => plan({ expected }).runs.map(({ key }) => key);
  const all = [...keys('Ours wins.'), ...keys('Nobody wins.')];
  expect(new Set(all).size).toBe(all.length);
});

describe('chosen settings', () => {
  const before = plan();
  const [first, second] = before.entries[0]!.methods[0]!.points;
  const choices = [[second!, first!].map(({ setting }) => ({ method: 'Tuned', setting }))];
  const chosen = planChosen(before, choices, () => null);

  test('run on the reported seeds as they were tried, with a curve', () => {
    const points = chosen.entries[0]!.methods[0]!.points.filter(({ runs }) => runs.length > 0);
    // In the order of the trials.
    expect(points.map(({ setting }) => setting)).toEqual([first!.setting, second!.setting]);
    for (const [index, { runs }] of points.entries()) {
      const { spec } = [first!, second!][index]!.tuning![0]!;
      expect(runs.map((run) => run.spec)).toEqual([0, 1].map((seed) => ({ ...spec, seed, curve: 16 })));
      expect(runs.every(({ key, spec }) => key === hashOf(spec))).toBe(true);
    }
    expect(points[0]!.runs[0]!.name).toBe('toy, Tuned, lambda 0, seed 0');
  });

  test('come in addition to everything that was planned, once each', () => {
    expect(chosen.runs.slice(0, 12)).toEqual(before.runs.slice(0, 12));
    expect(chosen.runs).toHaveLength(12 + 2 * 2 + 2);
    expect(planChosen(before, [[...choices[0]!, ...choices[0]!]], () => null)).toEqual(chosen);
  });

  test('with the mean weights of each as fixed weights beside it, where they are known', () => {
    const withWeights = plan({ tuning: { ...tuned.tuning!, meanWeights: true } });
    const { methods } = planChosen(withWeights, choices, ([run]) =>
      run === withWeights.entries[0]!.methods[0]!.points[0]!.tuning![0] ? [1, 0.25] : null,
    ).entries[0]!;
    expect(methods.map(({ label }) => label)).toEqual(['Tuned', 'Tuned, mean weights', 'Fixed']);
    const [point, ...others] = methods[1]!.points;
    expect(others).toEqual([]);
    expect(point!.runs[1]!.spec).toEqual({
      ...first!.tuning![0]!.spec,
      combiner: { id: 'constant', version: 1, options: { weights: [1, 0.25] } },
      seed: 1,
      curve: 16,
    });
    // It is judged by the trials that it comes from.
    expect(point!.tuning).toBe(methods[0]!.points[0]!.tuning);
  });
});
