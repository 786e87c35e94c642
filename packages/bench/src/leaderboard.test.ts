import { describe, expect, test } from 'vitest';
import type { Board } from './leaderboard.ts';
import type { Outcome } from './record.ts';
import type { SuiteEntry } from './suite.ts';
import { type Answer, heldOut, leaderboardOf, methods, trainOnly } from './testing/leaderboard.ts';
import { environment } from './testing/records.ts';

function boardOf(answer: Answer, changes: Partial<SuiteEntry> = {}): Board {
  return leaderboardOf(answer, changes).boards[0]!;
}

describe('a board', () => {
  test('scores the front of the means over seeds', () => {
    const board = boardOf(trainOnly);
    const row = (label: string) => board.rows.find((candidate) => candidate.label === label)!;
    // Plain: means (1.05, 1.05) and (1.55, 0.55); ours: half further left.
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
    const { rows, baseline } = boardOf(trainOnly);
    expect(baseline).toBe('Plain');
    expect(rows.map(({ scores }) => [scores.train!.dominates, scores.train!.dominated])).toEqual([
      [1, 0],
      [1, 1],
      [0.5, 1],
    ]);
    const without = boardOf(trainOnly, { methods: methods.slice(1) });
    expect(without.baseline).toBeNull();
    expect(without.rows[0]!.scores.train).toMatchObject({ dominates: null, dominated: null });
  });

  test('names the lowest main loss and where it was', () => {
    expect(boardOf(trainOnly).rows.map(({ scores }) => scores.train!.best)).toEqual([
      { value: expect.closeTo(0.55, 12), setting: 'lambda 1' },
      { value: expect.closeTo(1.05, 12), setting: 'lambda 1' },
      { value: expect.closeTo(1.05, 12), setting: '' },
    ]);
  });

  test('has an interval that holds the score and comes from all seeds together; with one seed none', () => {
    const { scores } = boardOf(trainOnly, { seeds: [0, 1, 2] }).rows[0]!;
    expect(scores.train!.interval!.samples).toBe(3);
    // A draw of one seed alone is the widest possible.
    expect(scores.train!.interval!.low).toBeCloseTo(1.3 * 0.8 + 0.8 * 0.5, 6);
    expect(scores.train!.interval!.high).toBeCloseTo(1.5 * 1 + 1 * 0.5, 6);
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
  const diverged: Outcome = { state: 'diverged', step: 31, reason: 'the loss of main is not finite' };
  const failed: Outcome = { state: 'failed', reason: 'the data is gone' };

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
    expect(other!.scores.train).toEqual({
      hypervolume: 0,
      interval: null,
      best: null,
      dominates: 0,
      dominated: null,
    });
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

test('names every environment once', () => {
  expect(leaderboardOf(trainOnly).environments).toEqual([environment]);
  expect(leaderboardOf(() => null).environments).toEqual([]);
});

test('refuses an objective that the task did not report', () => {
  expect(() => boardOf(() => ({ 'train/main': 1 }))).toThrow('Task "toy" did not report train/side');
});
