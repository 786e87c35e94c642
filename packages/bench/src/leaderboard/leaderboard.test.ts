import { describe, expect, test } from 'vitest';
import type { SuiteEntry } from '../plan/suite.ts';
import type { Outcome } from '../records/record.ts';
import {
  type Answer,
  heldOut,
  leaderboardOf,
  methods,
  planOf,
  recordsOf,
  trainOnly,
} from '../testing/leaderboard.ts';
import { environment } from '../testing/records.ts';
import { toySuite } from '../testing/suite.ts';
import { type Board, createLeaderboard } from './leaderboard.ts';

const diverged: Outcome = { state: 'diverged', step: 31, reason: 'the loss of main is not finite' };
const failed: Outcome = { state: 'failed', reason: 'the data is gone' };

function boardOf(answer: Answer, changes: Partial<SuiteEntry> = {}): Board {
  return leaderboardOf(answer, changes).boards[0]!;
}

describe('a board', () => {
  test('scores the front of the means over seeds', () => {
    const board = boardOf(trainOnly);
    const row = (label: string) => board.rows.find((candidate) => candidate.label === label)!;
    // The means of plain mixing are (1.05, 1.05) and (1.55, 0.55). Our method is better by a half in the main
    // loss.
    expect(row('Plain').settings.map(({ name, points }) => [name, points.train!.mean])).toEqual([
      ['lambda 1', [expect.closeTo(1.05, 12), expect.closeTo(1.05, 12)]],
      ['lambda 2', [expect.closeTo(1.55, 12), expect.closeTo(0.55, 12)]],
    ]);
    expect(row('Plain').scores.train!.hypervolume).toBeCloseTo(0.95 ** 2 + 0.45 * 0.5, 12);
    expect(row('Ours').scores.train!.hypervolume).toBeCloseTo(1.45 * 0.95 + 0.95 * 0.5, 12);
    expect(row('Other').settings.map(({ name }) => name)).toEqual(['']);
  });

  test('ranks by it, and equal scores share a rank', () => {
    const board = boardOf((spec, lambda) =>
      trainOnly({ ...spec, combiner: { ...spec.combiner, id: 'mixed' } }, lambda),
    );
    expect(board.rows.map(({ label, rank }) => [label, rank])).toEqual([
      ['Plain', 1],
      ['Ours', 1],
      ['Other', 3],
    ]);
    expect(boardOf(trainOnly).rows.map(({ label }) => label)).toEqual(['Ours', 'Plain', 'Other']);
  });

  test('compares with plain mixing in both directions, and does without it', () => {
    const { rows, baseline, anchors } = boardOf(trainOnly);
    expect(baseline).toBe('Plain');
    expect(
      rows.map(({ comparisons: { train } }) => [train?.dominates, train?.dominated, train?.mixedLoss]),
    ).toEqual([
      // Its lowest auxiliary loss, at t = 1, equals that of mixing.
      [1, 0, expect.closeTo(100 / 101, 12)],
      [undefined, undefined, undefined],
      [0.5, 1, 0],
    ]);
    expect(anchors.train).toEqual({
      setting: 'lambda 2',
      point: [expect.closeTo(1.55, 12), expect.closeTo(0.55, 12)],
    });
    const without = boardOf(trainOnly, { methods: methods.slice(1) });
    expect(without).toMatchObject({ baseline: null, anchors: {} });
    expect(without.rows.every(({ comparisons }) => Object.keys(comparisons).length === 0)).toBe(true);
  });

  test('names the lowest main loss and where it was', () => {
    const best = boardOf(trainOnly).rows.map(({ scores }) => scores.train!.best!);
    expect(best.map(({ value, setting }) => [value, setting])).toEqual([
      [expect.closeTo(0.55, 12), 'lambda 1'],
      [expect.closeTo(1.05, 12), 'lambda 1'],
      [expect.closeTo(1.05, 12), ''],
    ]);
    expect(best.every(({ value, interval }) => interval!.low < value && value < interval!.high)).toBe(true);
  });

  test('has an interval around the score, from all seeds together, wider with fewer; with one seed none', () => {
    const width = (seeds: number[]) => {
      const { hypervolume, interval } = boardOf(trainOnly, { seeds }).rows[0]!.scores.train!;
      expect(interval).toMatchObject({ samples: seeds.length });
      expect(interval!.low).toBeLessThan(hypervolume);
      expect(interval!.low).toBeGreaterThanOrEqual(0);
      expect(interval!.high).toBeGreaterThan(hypervolume);
      return interval!.high - interval!.low;
    };
    expect(width([0, 2])).toBeGreaterThan(width([0, 1, 2]));
    expect(boardOf(trainOnly, { seeds: [0] }).rows[0]!.scores.train!.interval).toBeNull();
  });
});

describe('held-out data', () => {
  test('ranks where there is some', () => {
    const board = boardOf(heldOut);
    expect(board.splits).toEqual(['train', 'test']);
    expect(board.rows.map(({ label }) => label)).toEqual(['Plain', 'Other', 'Ours']);
    expect(board.rows[2]!.scores.train!.hypervolume).toBeGreaterThan(
      board.rows[0]!.scores.train!.hypervolume,
    );
    expect(boardOf(trainOnly).splits).toEqual(['train']);
  });

  test('counts only if every run was evaluated on it', () => {
    const board = boardOf((spec, lambda) =>
      spec.combiner.id === 'other' ? trainOnly(spec, lambda) : heldOut(spec, lambda),
    );
    expect(board.splits).toEqual(['train']);
  });
});

describe('runs without metrics are rows', () => {
  test('counted, named with their reason, and their setting is no point: the lucky seeds say nothing', () => {
    const board = boardOf((spec, lambda) => {
      if (spec.combiner.id === 'weighted' && lambda === 1 && spec.seed === 1) return diverged;
      if (spec.combiner.id === 'other') return failed;
      return trainOnly(spec, lambda);
    });
    const [plain, ours, other] = ['Plain', 'Ours', 'Other'].map(
      (label) => board.rows.find((row) => row.label === label)!,
    );
    expect(ours!.runs).toEqual({ planned: 4, finished: 3, diverged: 1, failed: 0 });
    expect(ours!.settings[0]!.points).toEqual({});
    expect(ours!.scores.train!.best!.setting).toBe('lambda 2');
    expect(other).toMatchObject({ rank: null, runs: { planned: 2, finished: 0, diverged: 0, failed: 2 } });
    expect(other!.scores.train).toEqual({ hypervolume: 0, interval: null, best: null, front: null });
    expect(other).toMatchObject({ comparisons: {}, cost: null });
    expect(plain!.rank).not.toBeNull();
    expect(board.rows.at(-1)).toBe(other);
    expect(board.troubles).toEqual([
      { run: 'toy, Ours, lambda 1, seed 1', what: 'diverged at step 31: the loss of main is not finite' },
      { run: 'toy, Other, seed 0', what: 'failed: the data is gone' },
      { run: 'toy, Other, seed 1', what: 'failed: the data is gone' },
    ]);
  });

  test('and those not made yet are missing: what is there is shown, without an interval', () => {
    const board = boardOf((spec, lambda) => (spec.seed === 1 ? null : trainOnly(spec, lambda)));
    expect(board.rows[0]).toMatchObject({
      label: 'Ours',
      runs: { planned: 4, finished: 2, diverged: 0, failed: 0 },
    });
    expect(board.rows[0]!.settings[0]!.points.train!.seeds).toHaveLength(1);
    expect(board.rows[0]!.scores.train!.interval).toBeNull();
    expect(boardOf(() => null).rows.map(({ rank }) => rank)).toEqual([null, null, null]);
  });
});

describe('the cost', () => {
  test('is the median over finished runs, per step and with memory where all records have them', () => {
    const records = (measured: (index: number) => boolean) => {
      let count = 0;
      return leaderboardOf(
        (spec, lambda) => (spec.combiner.id === 'other' ? failed : trainOnly(spec, lambda)),
        {},
        (record) => {
          const index = count++;
          const seconds = 1 + index;
          return { ...record, seconds, ...(measured(index) && { cost: { steps: 1000, peakBytes: 7 } }) };
        },
      ).boards[0]!.rows.map(({ label, cost }) => [label, cost]);
    };
    const costs = Object.fromEntries(records(() => true));
    // The runs of one seed come together: 1, 2, 3, 4 and 5 for the first seed, then the second.
    expect(costs).toEqual({
      Plain: { seconds: 4, milliseconds: 4, peakBytes: 7 },
      Ours: { seconds: 6, milliseconds: 6, peakBytes: 7 },
      Other: null,
    });
    const old = Object.fromEntries(records((index) => index > 0));
    expect(old.Plain).toEqual({ seconds: 4, milliseconds: null, peakBytes: null });
  });
});

describe('mean ranks', () => {
  test('are over boards with the same methods, and a method without a score is behind all others', () => {
    const [entry] = toySuite({ methods }).entries;
    const plan = planOf([
      entry!,
      { ...entry!, task: 'again', title: 'Again' },
      { ...entry!, methods: methods.slice(1) },
    ]);
    const { meanRanks } = createLeaderboard(
      plan,
      recordsOf(plan, (spec, lambda) => (spec.combiner.id === 'mixed' ? failed : trainOnly(spec, lambda))),
    );
    expect(meanRanks).toHaveLength(1);
    expect(meanRanks[0]).toMatchObject({
      problems: ['Two bowls', 'Again'],
      methods: [
        { label: 'Ours', rank: 1 },
        { label: 'Other', rank: 2 },
        { label: 'Plain', rank: 3 },
      ],
    });
    expect(leaderboardOf(trainOnly).meanRanks).toEqual([]);
  });

  test('are not over one problem in several settings', () => {
    const [entry] = toySuite({ methods }).entries;
    const plan = planOf([entry!, { ...entry!, title: 'Again' }]);
    expect(createLeaderboard(plan, recordsOf(plan, trainOnly)).meanRanks).toEqual([]);
  });
});

test('names every environment once', () => {
  expect(leaderboardOf(trainOnly).environments).toEqual([environment]);
  expect(leaderboardOf(() => null).environments).toEqual([]);
});

test('refuses an objective that the task did not report', () => {
  expect(() => boardOf(() => ({ 'train/main': 1 }))).toThrow('Task "toy" did not report train/side');
});
