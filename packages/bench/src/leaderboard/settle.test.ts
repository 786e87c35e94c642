import { describe, expect, test } from 'vitest';
import type { Plan } from '../plan/planned.ts';
import type { RunSpec } from '../plan/spec.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import type { RunRecord } from '../records/record.ts';
import { planOf, recordsOf } from '../testing/leaderboard.ts';
import { answerOf, methodOf, pricedEntry } from '../testing/priced.ts';
import { settlePlan } from './settle.ts';

const log = (from: number, to: number) => ({ from, to, scale: 'log' }) as const;
const lambda = log(0.1, 10);

const entry = (changes: Partial<SuiteEntry> = {}): SuiteEntry =>
  pricedEntry([1], {
    seeds: [0, 1],
    tuning: { trials: 6, seeds: [10, 11], rate: log(0.5, 2), curve: 4, meanWeights: true },
    methods: [
      { label: 'Alone', combiner: 'other', options: { lambda: 0 }, tune: {} },
      { label: 'Plain', combiner: 'mixed', tune: { options: { lambda } } },
      { label: 'Ours', combiner: 'weighted', tune: { options: { lambda } } },
    ],
    ...changes,
  });

/** Main rises and side falls with lambda. */
const answer = answerOf(
  (spec, own) => (methodOf(spec) === 'Alone' ? [1, 9] : [1 + own / 50, 9 - own - spec.seed / 100]),
  ['train', 'validation', 'test'],
);
const weights = (spec: RunSpec): Pick<RunRecord, 'weights'> => ({
  weights: [
    { objective: 'main', mean: 1 },
    { objective: 'side', mean: spec.seed === 10 ? 0.25 : 0.5 },
  ],
});
const recordsFor = (plan: Plan): readonly RunRecord[] =>
  recordsOf(plan, answer).map((record) => ({ ...record, ...weights(record.spec) }));
const isTrial = ({ spec }: { readonly spec: RunSpec }) => spec.seed >= 10;

const trials = planOf([entry()]);
const settled = settlePlan(trials, recordsFor(trials));

test('no run on reported seeds is planned while trials are missing', () => {
  expect(trials.runs.every(isTrial)).toBe(true);
  expect(settlePlan(trials, [])).toEqual(trials);
  expect(settlePlan(trials, recordsFor(trials).slice(1))).toEqual(trials);
});

describe('when all trials have ended', () => {
  test('the chosen settings are planned on the reported seeds, and the trials stay', () => {
    expect(settled.runs.slice(0, trials.runs.length)).toEqual(trials.runs);
    const reported = settled.runs.slice(trials.runs.length);
    expect(reported.length).toBeGreaterThan(0);
    expect(new Set(reported.map(({ spec }) => spec.seed))).toEqual(new Set([0, 1]));
    expect(reported.every(({ spec }) => spec.curve === 4)).toBe(true);
  });

  test('a method that is not plain mixing has a twin with the mean weights of its trials', () => {
    const { methods } = settled.entries[0]!;
    expect(methods.map(({ label }) => label)).toEqual([
      'Alone',
      'Alone, mean weights',
      'Plain',
      'Ours',
      'Ours, mean weights',
    ]);
    for (const { runs } of methods[4]!.points) {
      for (const { spec } of runs) expect(spec.combiner.options).toEqual({ weights: [1, 0.375] });
    }
  });

  test('the plan stays the same when the reported runs have ended too', () => {
    expect(settlePlan(trials, recordsFor(settled))).toEqual(settled);
  });
});

test('what test data and reported seeds say changes no choice', () => {
  const worse = recordsFor(settled).map((record) => {
    if (record.outcome.state !== 'finished') throw new Error('all of these have finished');
    const metrics = Object.fromEntries(
      Object.entries(record.outcome.metrics).map(([name, value]) => [
        name,
        name.startsWith('test/') || !isTrial(record) ? 100 - value : value,
      ]),
    );
    return { ...record, outcome: { ...record.outcome, metrics } };
  });
  expect(settlePlan(trials, worse)).toEqual(settled);
});

test('a plan without tuning stays as it is', () => {
  const plan = planOf([pricedEntry([1, 2])]);
  expect(settlePlan(plan, recordsOf(plan, answer))).toBe(plan);
});
