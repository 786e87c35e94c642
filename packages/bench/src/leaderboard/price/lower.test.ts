import { describe, expect, test } from 'vitest';
import type { SuiteEntry } from '../../plan/suite.ts';
import { planOf, recordsOf } from '../../testing/leaderboard.ts';
import { methodOf, pricedEntry } from '../../testing/priced.ts';
import { BUDGETS } from './choose.ts';
import { priceOf } from './price-of.ts';

/** The losses of a method on three levels, by lambda. Main alone has (1, 4, 9). */
type Losses3 = (method: string, lambda: number, seed: number) => readonly [number, number, number];

function lowerWith(lambda: readonly number[], losses: Losses3, changes: Partial<SuiteEntry> = {}) {
  const plan = planOf([pricedEntry(lambda, { seeds: [0, 1, 2], ...changes })]);
  const records = recordsOf(plan, (spec, own) => {
    const method = methodOf(spec);
    const [main, side, third] = method === 'Alone' ? [1, 4, 9] : losses(method, own, spec.seed);
    return { 'train/main': main, 'train/side': side, 'train/third': third };
  });
  const [planned] = plan.entries;
  // The toy has two objectives, so the third one joins after planning.
  const entry = { ...planned!, further: [{ objective: 'third', reference: 9 }] };
  const price = priceOf(entry, new Map(records.map((record) => [record.key, record])));
  if (price?.state !== 'priced') throw new Error('no prices');
  return price.lower!;
}

function lowerAt(lambda: readonly number[], losses: Losses3, label: string, x: number, y: number) {
  const lower = lowerWith(lambda, losses);
  if (lower.state !== 'priced') throw new Error(lower.reason);
  const { prices } = lower.methods.find((method) => method.label === label)!;
  return prices.find(({ budgets }) => budgets[0] === x && budgets[1] === y)!;
}

describe('the third objective', () => {
  /**
   * Mixing has a second loss of 2 at lambda 1, and pays for a lower third loss with main and second loss. Our
   * method has the third loss of its lambda and pays with the second loss alone.
   */
  const losses: Losses3 = (method, lambda) =>
    method === 'Plain' ? [1 + (lambda - 1) / 100, 2, 8 - lambda] : [1, 2 + lambda / 50, 7 - lambda];

  test('counts the budget of the second loss from the lowest that mixing has within that of the main loss', () => {
    const at = (x: number, y: number) => lowerAt([1, 2, 5], losses, 'Ours', x, y);
    // 5 % of 2 is 0.1, and lambda 5 costs just this.
    expect(at(0, 0.05)).toMatchObject({
      setting: 'lambda 5',
      loss: { value: 2 },
      verdict: { state: 'within budget' },
    });
    expect(at(0, 0.02)).toMatchObject({ setting: 'lambda 2', loss: { value: 5 } });
    expect(at(0, 0.02).costs![1].value).toBeCloseTo(0.02, 12);
    // Nothing of ours is so good in the second loss, and main alone is not either.
    expect(at(0, 0)).toMatchObject({ verdict: { state: 'no setting' }, loss: null, costs: null });
  });

  test('is compared with mixing within the same budgets', () => {
    expect(lowerAt([1, 2, 5], losses, 'Ours', 0.01, 0.05).besideMixing!.difference!.value).toBe(2 - 6);
    expect(lowerAt([1, 2, 5], losses, 'Plain', 0.01, 0.05)).toMatchObject({
      setting: 'lambda 2',
      besideMixing: null,
    });
  });

  test('has no setting where mixing has none within the budget of the main loss', () => {
    expect(lowerAt([1, 2], losses, 'Ours', -0.02, 0.1).verdict).toEqual({ state: 'no setting' });
  });

  test('has the worst verdict of the two budgets', () => {
    // The mean of the second loss is that of mixing, but over the seeds it differs by half of it.
    const noisy: Losses3 = (method, _, seed) => [1, method === 'Plain' ? 2 : 1 + seed, 1];
    expect(lowerAt([1], noisy, 'Ours', 0.05, 0.05).verdict).toEqual({ state: 'not resolved' });
  });

  test('has a price for all pairs of budgets', () => {
    const lower = lowerWith([1], losses);
    expect(lower).toMatchObject({ state: 'priced', objective: 'third' });
    const [first] = (lower as Extract<typeof lower, { state: 'priced' }>).methods;
    expect(first!.prices.map(({ budgets }) => budgets)).toEqual(
      BUDGETS.flatMap((x) => BUDGETS.map((y) => [x, y])),
    );
  });

  test('needs plain mixing, and a unit of the second loss', () => {
    const without = pricedEntry([1]).methods.filter(({ label }) => label !== 'Plain');
    expect(lowerWith([1], losses, { methods: without })).toMatchObject({
      reason: expect.stringContaining('Without plain mixing'),
    });
    expect(lowerWith([1], (_, lambda) => [1, -2, lambda])).toMatchObject({
      reason: expect.stringContaining('the side that they count from comes near 0 or below'),
    });
    const axes = pricedEntry([1]).axes;
    const logarithm: SuiteEntry['axes'] = [axes[0], { ...axes[1], unit: 1 }];
    expect(lowerWith([1], (_, lambda) => [1, -2, lambda], { axes: logarithm }).state).toBe('priced');
  });
});
