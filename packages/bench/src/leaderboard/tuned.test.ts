import { expect, test } from 'vitest';
import type { Plan } from '../plan/planned.ts';
import { type Answer, planOf, recordsOf } from '../testing/leaderboard.ts';
import { answerOf, methodOf, pricedEntry } from '../testing/priced.ts';
import { createLeaderboard } from './leaderboard.ts';
import { settlePlan } from './settle.ts';

// The board of a method that is tuned: its trials chose settings that then ran on other seeds.

const log = (from: number, to: number) => ({ from, to, scale: 'log' }) as const;
const entry = pricedEntry([1], {
  seeds: [0, 1],
  tuning: { trials: 6, seeds: [10, 11], rate: log(0.5, 2), meanWeights: true },
  methods: [
    { label: 'Alone', combiner: 'other', options: { lambda: 0 }, tune: {} },
    { label: 'Plain', combiner: 'mixed', tune: { options: { lambda: log(0.1, 10) } } },
    { label: 'Ours', combiner: 'weighted', tune: { options: { lambda: log(0.1, 10) } } },
  ],
});

/** Main rises and side falls with lambda; twins with mean weights have none. */
const answer = answerOf((spec, own = 1) => (methodOf(spec) === 'Alone' ? [1, 9] : [1 + own / 60, 9 - own]));

function boardOf(given: Answer) {
  const trials = planOf([entry]);
  const weighted = (plan: Plan) =>
    recordsOf(plan, given).map((record) => ({
      ...record,
      weights: ['main', 'side'].map((objective) => ({ objective, mean: 1 })),
    }));
  const plan = settlePlan(trials, weighted(trials));
  return { plan, board: createLeaderboard(plan, weighted(plan)).boards[0]! };
}

test('its settings follow the front, whatever the order in which they were tried', () => {
  const { plan, board } = boardOf(answer);
  const tried = plan.entries[0]!.methods.find(({ label }) => label === 'Ours')!.points;
  const named = tried.filter(({ runs }) => runs.length > 0).map(({ setting }) => setting);
  const shown = board.rows
    .find(({ label }) => label === 'Ours')!
    .settings.filter(({ points }) => points.train)
    .map(({ name, points }) => ({ name, main: points.train!.mean[0] }));
  expect(shown.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
  expect(shown.length).toBeGreaterThan(2);
  const mains = shown.map(({ main }) => main);
  expect(mains).toEqual(mains.toSorted((a, b) => a - b));
});

test('trials that diverged are named once, though the twin with mean weights has them too', () => {
  const { plan, board } = boardOf((spec, own) =>
    methodOf(spec) === 'Ours' && spec.seed === 10 && own > 3
      ? { state: 'diverged', step: 7, reason: 'too long' }
      : answer(spec, own),
  );
  expect(plan.entries[0]!.methods.map(({ label }) => label)).toContain('Ours, mean weights');
  expect(board.troubles.length).toBeGreaterThan(0);
  expect(new Set(board.troubles.map(({ run }) => run)).size).toBe(board.troubles.length);
  for (const { run, what } of board.troubles) {
    expect(run).toMatch(/^toy, Ours, lambda .*, tuning seed 10$/);
    expect(what).toBe('diverged at step 7: too long');
  }
});
