import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../records/record.ts';
import { type Answer, planOf, recordsOf } from '../../testing/leaderboard.ts';
import { answerOf, type LossesOf, methodOf, priceAt, pricedEntry, priceWith } from '../../testing/priced.ts';
import { createLeaderboard } from '../leaderboard.ts';
import { BUDGETS } from './choose.ts';

/**
 * Main ½θ² above a noise floor, auxiliary ½(1 − θ)². Mixing with λ leads to θ = λ/(1 + λ). All seeds have a
 * floor of their own, which main alone shares.
 */
const FLOOR = 2;
const THETAS = [0.05, 0.15, 0.25, 0.35, 0.42, 0.55, 0.7];
const LAMBDA = THETAS.map((theta) => theta / (1 - theta));
const front: LossesOf = ({ seed }, lambda) => {
  const theta = lambda / (1 + lambda);
  return [FLOOR + (seed - 1) / 4 + theta ** 2 / 2, (1 - theta) ** 2 / 2];
};
const seeds = [0, 1, 2];

describe('on a front that is known', () => {
  const price = priceWith(pricedEntry(LAMBDA, { seeds }), answerOf(front));

  test.each(BUDGETS)('the setting and the price of the budget %f are the right ones', (budget) => {
    const within = THETAS.filter((theta) => theta ** 2 / 2 <= budget * FLOOR);
    const theta = Math.max(0, ...within);
    const found = priceAt(price, 'Plain', budget);
    if (budget < 0) {
      expect(found).toMatchObject({ verdict: { state: 'no setting' }, setting: null, auxiliary: null });
      return;
    }
    expect(found.method).toBe(theta === 0 ? 'Alone' : 'Plain');
    expect(found.verdict).toEqual({ state: 'within budget' });
    expect(found.auxiliary!.value).toBeCloseTo((1 - theta) ** 2 / 2, 12);
    expect(found.gain!.difference!.value).toBeCloseTo((1 - theta) ** 2 / 2 - 1 / 2, 12);
    expect(found.cost!.value).toBeCloseTo(theta ** 2 / 2 / FLOOR, 12);
  });

  test('seeds are paired: what they have in common is no uncertainty of the cost', () => {
    const { cost } = priceAt(price, 'Plain', 0.05);
    expect(cost!.interval!.high - cost!.interval!.low).toBeLessThan(1e-12);
    const { main } = price.alone;
    expect(main.value).toBeCloseTo(FLOOR, 12);
    expect(main.interval!.high - main.interval!.low).toBeGreaterThan(0.5);
  });

  test('only the settings that there are have a price: nothing lies between them', () => {
    const settings = price.methods.flatMap(({ prices }) =>
      prices.flatMap(({ chosenBy }) => chosenBy?.[0] ?? []),
    );
    const known = [0, ...THETAS].map((theta) => FLOOR + theta ** 2 / 2);
    for (const main of settings)
      expect(Math.min(...known.map((own) => Math.abs(own - main)))).toBeLessThan(1e-12);
  });
});

describe('the unit', () => {
  const at = (unit: number | { start: number } | undefined) => {
    const entry = pricedEntry(LAMBDA, { seeds });
    const [main, side] = entry.axes;
    return priceWith({ ...entry, axes: [{ ...main, ...(unit && { unit }) }, side] }, answerOf(front));
  };

  test('is the loss of main alone, a number, or the fall from the start', () => {
    expect(at(undefined).unit).toBeCloseTo(FLOOR, 12);
    expect(at(1).unit).toBe(1);
    expect(at({ start: 12 }).unit).toBeCloseTo(10, 12);
    const { cost } = priceAt(at({ start: 12 }), 'Plain', 0.01);
    expect(cost!.value).toBeCloseTo(0.42 ** 2 / 20, 12);
  });

  test('must be positive, and the board says what to do about it', () => {
    const plan = planOf([pricedEntry(LAMBDA)]);
    const around0 = answerOf((spec, lambda) => [(front(spec, lambda) as number[])[0]! - FLOOR - 1, 1]);
    expect(createLeaderboard(plan, recordsOf(plan, around0)).boards[0]!.price).toEqual({
      state: 'unpriced',
      reason: expect.stringContaining('Give this axis of the suite a unit: 1 for a logarithm'),
    });
  });
});

describe('what chooses and what is shown', () => {
  /** On validation data lambda 1 is the best, on the other data lambda 2. */
  const differing =
    (splits: readonly string[]): Answer =>
    (spec, lambda) =>
      Object.fromEntries(
        splits.flatMap((split) => [
          [`${split}/main`, methodOf(spec) === 'Alone' ? 1 : 1.001],
          [`${split}/side`, methodOf(spec) === 'Alone' ? 9 : split === 'validation' ? lambda : 3 - lambda],
        ]),
      );
  const chosen = (splits: readonly string[]) => {
    const price = priceWith(pricedEntry([1, 2]), differing(splits));
    return { data: price.data, ...priceAt(price, 'Ours', 0.01) };
  };

  test('are validation data and test data', () => {
    const { data, setting, auxiliary } = chosen(['train', 'validation', 'test']);
    expect(data).toEqual({ chosen: 'validation', shown: 'test' });
    expect([setting, auxiliary!.value]).toEqual(['lambda 1', 2]);
  });

  test('are the training data where there are no others', () => {
    const { data, setting, auxiliary } = chosen(['train']);
    expect(data).toEqual({ chosen: 'train', shown: 'train' });
    expect([setting, auxiliary!.value]).toEqual(['lambda 2', 1]);
  });

  test('are training and test data without validation data: test data never choose', () => {
    expect(chosen(['train', 'test']).data).toEqual({ chosen: 'train', shown: 'test' });
    const price = priceWith(pricedEntry([1, 2]), (spec, lambda) => {
      const {
        'validation/main': main,
        'validation/side': side,
        ...others
      } = differing(['validation', 'test'])(spec, lambda) as Record<string, number>;
      return { 'train/main': main!, 'train/side': side!, ...others };
    });
    expect(priceAt(price, 'Ours', 0.01)).toMatchObject({ setting: 'lambda 1', auxiliary: { value: 2 } });
  });

  test('choose by means, not per seed', () => {
    // Each seed would take another setting than the other one; the mean takes the third.
    const table = { 1: [0, 6], 2: [6, 0], 3: [2, 2] } as Record<number, readonly number[]>;
    const price = priceWith(
      pricedEntry([1, 2, 3]),
      answerOf((spec, lambda) => (methodOf(spec) === 'Alone' ? [1, 9] : [1, table[lambda]![spec.seed]!])),
    );
    expect(priceAt(price, 'Ours', 0)).toMatchObject({ setting: 'lambda 3', auxiliary: { value: 2 } });
  });
});

describe('verdicts', () => {
  /** Chosen by training data, where the cost is 1 %; on test data the seeds have these costs. */
  const withCosts = (...costs: readonly number[]) =>
    priceWith(pricedEntry([1], { seeds: [...costs.keys()] }), (spec) => {
      const isAlone = methodOf(spec) === 'Alone';
      return {
        'train/main': isAlone ? 1 : 1.01,
        'train/side': isAlone ? 2 : 1,
        'test/main': 1 + (isAlone ? 0 : costs[spec.seed]!),
        'test/side': isAlone ? 2 : 1,
      };
    });
  const verdict = (costs: readonly number[], budget: number) =>
    priceAt(withCosts(...costs), 'Ours', budget).verdict.state;

  test('within budget: the interval contains it and is narrower than it, or lies below it', () => {
    expect(verdict([0.008, 0.01, 0.012], 0.01)).toBe('within budget');
    expect(verdict([0.008, 0.01, 0.012], 0.1)).toBe('within budget');
    expect(verdict([-0.3, -0.4, -0.5], 0.01)).toBe('within budget');
  });

  test('over budget: the interval lies above it, however wide', () => {
    expect(verdict([0.03, 0.031, 0.032], 0.02)).toBe('over budget');
    expect(verdict([0.2, 0.3, 0.4], 0.01)).toBe('over budget');
    expect(verdict([0.03, 0.031, 0.032], 0.05)).toBe('within budget');
  });

  test('not resolved: the interval contains the budget, and its half is larger', () => {
    const costs = [0.01, 0.02, 0.03];
    const price = priceAt(withCosts(...costs), 'Ours', 0.05);
    const half = (price.cost!.interval!.high - price.cost!.interval!.low) / 2;
    expect([half > 0.02, half < 0.05]).toEqual([true, true]);
    expect(verdict(costs, 0.02)).toBe('not resolved');
    expect(price.verdict.state).toBe('within budget');
  });

  test('a budget of 0 has no size, so an interval there may be as wide as for 1 %', () => {
    // The setting costs nothing where it is chosen.
    const at0 = (...costs: readonly number[]) =>
      priceAt(
        priceWith(pricedEntry([1], { seeds: [...costs.keys()] }), (spec) => {
          const isAlone = methodOf(spec) === 'Alone';
          return {
            'train/main': 1,
            'train/side': isAlone ? 2 : 1,
            'test/main': 1 + (isAlone ? 0 : costs[spec.seed]!),
            'test/side': 1,
          };
        }),
        'Ours',
        0,
      ).verdict.state;
    expect(at0(-0.001, 0, 0.001)).toBe('within budget');
    expect(at0(-0.01, 0, 0.01)).toBe('not resolved');
    expect(at0(0.001, 0.0011, 0.0012)).toBe('over budget');
  });

  test('one seed has no interval', () => {
    expect(verdict([0.01], 0.01)).toBe('one seed');
  });

  const lost: Outcome = { state: 'diverged', step: 3, reason: 'too long' };
  const withLosses = (answer: LossesOf, lambda = [1, 2]) =>
    priceWith(
      pricedEntry(lambda, { seeds }),
      answerOf((spec, own) => (methodOf(spec) === 'Alone' ? [1, 2] : answer(spec, own))),
    );

  test('a setting that lost a seed is never chosen, however good the others', () => {
    const price = withLosses(({ seed }, lambda) => (lambda === 2 && seed === 1 ? lost : [1, 2 - lambda]));
    expect(priceAt(price, 'Ours', 0)).toMatchObject({
      setting: 'lambda 1',
      verdict: { state: 'within budget' },
    });
  });

  test('no setting: none is so far below main alone', () => {
    const price = withLosses((_, lambda) => [0.97, lambda]);
    expect(BUDGETS.map((budget) => priceAt(price, 'Ours', budget).verdict.state)).toEqual([
      'no setting',
      'no setting',
      ...Array(6).fill('within budget'),
    ]);
  });

  test('main alone is a setting of every method', () => {
    const price = withLosses(() => lost);
    expect(priceAt(price, 'Ours', 0.05)).toMatchObject({
      method: 'Alone',
      gain: { p: null, corrected: null },
    });
    expect(priceAt(price, 'Ours', 0.05).besideMixing).toBeNull();
  });
});

describe('the tests', () => {
  const price = priceWith(
    pricedEntry([1], { seeds: [0, 1, 2, 3] }),
    answerOf((spec) => {
      const side = { Alone: 5, Plain: 2 + spec.seed / 10, Ours: 1 + spec.seed ** 2 / 10 }[methodOf(spec)];
      return [methodOf(spec) === 'Alone' ? 1 : 1.015, side];
    }),
  );

  test("compare with plain mixing within the same budget, seed by seed, with Holm's correction over all", () => {
    const { difference, p, corrected } = priceAt(price, 'Ours', 0.02).besideMixing!;
    expect(difference!.value).toBeCloseTo(-1 + (0 + 0 + 2 + 6) / 40, 12);
    // All four differences are below 0. Three budgets have this pair of settings, which counts once.
    expect([p, corrected]).toEqual([1 / 8, 1 / 8]);
    expect(priceAt(price, 'Plain', 0.02).besideMixing).toBeNull();
    expect(priceAt(price, 'Ours', 0.01).besideMixing).toBeNull();
  });

  test('compare with main alone, corrected for all settings that were chosen', () => {
    const { gain } = priceAt(price, 'Plain', 0.05);
    expect(gain!.difference!.value).toBeCloseTo(2.15 - 5, 12);
    expect([gain!.p, gain!.corrected]).toEqual([1 / 8, 2 / 8]);
  });
});

describe('without what budgets count from', () => {
  const priceOf = (answer: Answer, changes = {}, only?: string) => {
    const plan = planOf([pricedEntry([1], changes)]);
    const entries = plan.entries.map((entry) => ({
      ...entry,
      methods: entry.methods.filter(({ label }) => label !== only),
    }));
    return createLeaderboard({ ...plan, entries }, recordsOf(plan, answer)).boards[0]!.price;
  };
  const good = answerOf(() => [1, 1]);

  test('a board says so', () => {
    expect(priceOf(good, { price: {} })).toMatchObject({ reason: expect.stringContaining('No main alone') });
    expect(priceOf(good, {}, 'Alone')).toMatchObject({
      reason: 'Alone is not among the methods that were selected, and budgets count from its loss.',
    });
    expect(priceOf(answerOf((spec) => (methodOf(spec) === 'Alone' ? null : [1, 1])))).toMatchObject({
      reason: 'Runs of Alone are still to do, and budgets count from its loss.',
    });
    const failing = answerOf((spec) =>
      methodOf(spec) === 'Alone' && spec.seed === 1 ? { state: 'failed', reason: 'gone' } : [1, 1],
    );
    expect(priceOf(failing)).toMatchObject({
      reason: 'Alone failed in 1 of 2 runs, and budgets count from its loss.',
    });
  });

  test('and objectives of equal rank have no price', () => {
    const { price: _, ...equal } = pricedEntry([1]);
    const plan = planOf([equal]);
    expect(createLeaderboard(plan, recordsOf(plan, good)).boards[0]!.price).toBeNull();
  });
});

test('main alone is tuned: the setting with its lowest main loss counts', () => {
  const methods = [
    { label: 'Alone', combiner: 'other', sweep: { lambda: [4, 5, 6] } },
    ...pricedEntry([1]).methods.slice(1),
  ];
  const price = priceWith(
    pricedEntry([1], { methods }),
    answerOf((spec, lambda) => (methodOf(spec) === 'Alone' ? [1 + (lambda - 5) ** 2, lambda] : [1, 1])),
  );
  expect(price.alone).toMatchObject({ setting: 'lambda 5', main: { value: 1 }, auxiliary: { value: 5 } });
});

describe('whatever the losses', () => {
  const eighths = (least: number, most: number) =>
    fc.integer({ min: 8 * least, max: 8 * most }).map((value) => value / 8);
  const pair = fc.tuple(eighths(4, 6), eighths(0, 4));
  const table = fc.record({
    alone: fc.array(pair, { minLength: 3, maxLength: 3 }),
    others: fc.array(fc.array(pair, { minLength: 3, maxLength: 3 }), { minLength: 4, maxLength: 4 }),
  });
  type Table = typeof table extends fc.Arbitrary<infer Value> ? Value : never;
  const losses = ({ alone, others }: Table, change = (pair: readonly number[]) => pair): LossesOf => {
    return (spec, lambda) =>
      change(methodOf(spec) === 'Alone' ? alone[spec.seed]! : others[lambda - 1]![spec.seed]!);
  };
  const entry = (ours: readonly number[], unit?: number) => {
    const base = pricedEntry([1, 2, 3, 4], { seeds });
    const [main, side] = base.axes;
    const methods = base.methods.map((method) =>
      method.label === 'Ours' ? { ...method, sweep: { lambda: ours } } : method,
    );
    return { ...base, methods, axes: [{ ...main, ...(unit && { unit }) }, side] } as typeof base;
  };
  const seen = (price: ReturnType<typeof priceWith>) =>
    price.methods.map(({ prices }) =>
      prices.map(({ verdict, method, setting }) => ({ verdict, method, setting })),
    );

  test('more settings are never worse on the data that choose', () => {
    fc.assert(
      fc.property(table, fc.subarray([1, 2, 3, 4], { minLength: 1 }), (given, some) => {
        const price = priceWith(entry(some), answerOf(losses(given)));
        for (const budget of BUDGETS) {
          const [fewer, all] = ['Ours', 'Plain'].map((label) => priceAt(price, label, budget).chosenBy);
          if (fewer) expect(all![1]).toBeLessThanOrEqual(fewer[1]!);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a shift and a scale of the main loss change no verdict where the unit has the same scale', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(0.5, 2, 8), eighths(-8, 8), (given, scale, shift) => {
        const moved = losses(given, ([main, side]) => [scale * main! + shift, scale * side!]);
        const before = priceWith(entry([1, 2], 4), answerOf(losses(given)));
        expect(seen(priceWith(entry([1, 2], 4 * scale), answerOf(moved)))).toEqual(seen(before));
      }),
      { numRuns: 30 },
    );
  });

  test('the order of the seeds changes nothing', () => {
    fc.assert(
      fc.property(table, fc.shuffledSubarray(seeds, { minLength: 3 }), (given, order) => {
        const before = priceWith(entry([1, 2]), answerOf(losses(given)));
        const after = priceWith({ ...entry([1, 2]), seeds: order }, answerOf(losses(given)));
        expect(after).toEqual({ ...before, seeds: { chosen: order, shown: order } });
      }),
      { numRuns: 30 },
    );
  });
});
