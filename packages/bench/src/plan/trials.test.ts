import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Method } from './suite.ts';
import { trialsOf } from './trials.ts';
import type { Search, Tuning } from './tuning.ts';

const log = (from: number, to: number) => ({ from, to, scale: 'log' }) as const;

const tuning: Tuning = { trials: 24, seeds: [100, 101], rate: log(0.25, 4) };
const method: Method = { label: 'Ours', combiner: 'bloop', options: { update: 'before' } };
const search: Search = { options: { rho: log(0.001, 1), lambda: log(0.01, 100) } };

const lambdas = (trials: ReturnType<typeof trialsOf>) =>
  trials.map(({ options }) => options.lambda as number);

test('half of the trials vary lambda alone, at the rate of the task, and the first has none of it', () => {
  const trials = trialsOf(method, search, tuning);
  expect(trials).toHaveLength(24);
  expect(trials[0]).toEqual({
    setting: 'lambda 0',
    options: { update: 'before', lambda: 0 },
    task: {},
    rate: 1,
  });
  const alone = trials.filter(({ options, rate }) => options.rho === undefined && rate === 1);
  expect(alone).toHaveLength(12);
  expect(trials.slice(0, 12)).toEqual(alone);
  for (const { options, rate, setting } of trials.slice(12)) {
    expect(options).toMatchObject({ update: 'before', lambda: expect.any(Number), rho: expect.any(Number) });
    expect(setting).toBe(`lambda ${options.lambda}, rate × ${rate}, rho ${options.rho}`);
  }
});

test('the logarithms of lambda and of the rate are evenly spread over their ranges', () => {
  const trials = trialsOf(method, search, { ...tuning, trials: 65 });
  // 64 points of base 2 and 32 of base 3: no part of the range holds more than its share and one.
  for (const [values, range, count] of [
    [lambdas(trials).slice(1), search.options!.lambda, 64],
    [trials.slice(33).map(({ rate }) => rate), tuning.rate, 32],
  ] as const) {
    const { from, to } = range as ReturnType<typeof log>;
    for (let part = 0; part < 4; part++) {
      const inside = values.filter(
        (value) => Math.floor((4 * Math.log(value / from)) / Math.log(to / from)) === part,
      );
      expect(Math.abs(inside.length - count / 4)).toBeLessThanOrEqual(3);
    }
    expect(values.every((value) => value >= from && value <= to)).toBe(true);
  }
});

test('methods try the same values of what they share, whatever else they tune', () => {
  const other = trialsOf(
    { label: 'Mixed', combiner: 'mixed' },
    { options: { lambda: log(0.01, 100) } },
    tuning,
  );
  const ours = trialsOf(method, search, tuning);
  expect(lambdas(ours)).toEqual(lambdas(other));
  expect(ours.map(({ rate }) => rate)).toEqual(other.map(({ rate }) => rate));
});

test('the names of options and the seeds decide, not the order in which they are written', () => {
  const { rho, lambda } = search.options!;
  expect(trialsOf(method, { options: { lambda: lambda!, rho: rho! } }, tuning)).toEqual(
    trialsOf(method, search, tuning),
  );
  expect(trialsOf(method, search, { ...tuning, seeds: [7] })).not.toEqual(trialsOf(method, search, tuning));
});

test('without a rate to tune all trials vary lambda alone', () => {
  const trials = trialsOf(method, { options: { lambda: log(0.01, 100) }, rate: false }, tuning);
  expect(new Set(lambdas(trials)).size).toBe(24);
  expect(trials.every(({ rate, task }) => rate === 1 && Object.keys(task).length === 0)).toBe(true);
});

test('main alone has as many trials over the rate, the regularisation and early stopping', () => {
  const alone: Method = { label: 'Alone', combiner: 'constant', options: { weights: [1, 0] } };
  const own: Search = { task: { weightDecay: log(1e-4, 1), dropout: [null, 0.1, 0.3] }, patience: [null, 3] };
  const trials = trialsOf(alone, own, tuning);
  expect(trials).toHaveLength(24);
  expect(trials[0]).toEqual({ setting: 'default', options: { weights: [1, 0] }, task: {}, rate: 1 });
  expect(new Set(trials.slice(1).map(({ rate }) => rate)).size).toBeGreaterThan(20);
  for (const { task, patience, setting } of trials.slice(1)) {
    expect(task.weightDecay).toBeGreaterThanOrEqual(1e-4);
    expect([undefined, 0.1, 0.3]).toContain(task.dropout);
    expect([undefined, 3]).toContain(patience);
    expect(setting.includes('no dropout')).toBe(task.dropout === undefined);
  }
  for (const value of [undefined, 0.1, 0.3]) {
    const count = trials.slice(1).filter(({ task }) => task.dropout === value).length;
    expect(Math.abs(count - 23 / 3)).toBeLessThan(3);
  }
});

test('no setting is tried twice', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 2, max: 50 }), (seed, trials) => {
      const found = trialsOf(
        method,
        { options: { mode: ['a', 'b'] }, rate: false },
        { ...tuning, trials, seeds: [seed] },
      );
      const settings = found.map(({ setting }) => setting);
      expect(new Set(settings).size).toBe(settings.length);
      expect(settings.length).toBeLessThanOrEqual(Math.min(3, trials));
    }),
  );
});

test('more values than a design has dimensions are refused', () => {
  const options = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`o${index}`, log(1, 2)]));
  expect(() => trialsOf(method, { options }, tuning)).toThrow(
    'it tunes 10 values, but a design has at most 8',
  );
});
