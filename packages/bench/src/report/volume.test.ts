import { describe, expect, test } from 'vitest';
import { type Board, createLeaderboard } from '../leaderboard/leaderboard.ts';
import { type Answer, methods, planOf, recordsOf, trainOnly } from '../testing/leaderboard.ts';
import { toySuite } from '../testing/suite.ts';
import { renderMarkdown } from './markdown.ts';

/** A board of invented outcomes, with a given third objective for each run. */
function leaderboardIn3(answer: Answer, third: Answer, seeds = [0, 1, 2]) {
  const plan = planOf(toySuite({ methods, seeds }).entries);
  const entries = plan.entries.map((entry) => ({
    ...entry,
    further: [{ objective: 'third', reference: 4 }],
  }));
  const both: Answer = (spec, lambda) => {
    const [two, one] = [answer(spec, lambda), third(spec, lambda)];
    return two && one && ({ ...two, ...one } as Record<string, number>);
  };
  return createLeaderboard({ ...plan, entries }, recordsOf(plan, both));
}
const constant: Answer = () => ({ 'train/third': 1 });
const volumeOf = ({ volumes }: Board, label: string) => volumes.find((volume) => volume.label === label)!;

describe('the hypervolume in three objectives', () => {
  test('is that of the plane times the depth, where all have the same third loss', () => {
    const [board] = leaderboardIn3(trainOnly, constant).boards as [Board];
    for (const { label, scores, comparisons } of board.rows) {
      const { value, difference, p, corrected } = volumeOf(board, label);
      const { hypervolume, interval } = scores.train!;
      expect(value!.value).toBeCloseTo(3 * hypervolume, 12);
      expect(value!.interval!.high).toBeCloseTo(3 * interval!.high, 12);
      if (label === board.baseline) expect([difference, p, corrected]).toEqual([null, null, null]);
      else {
        const plane = comparisons.train!;
        expect(difference!.value).toBeCloseTo(3 * plane.difference!.value, 12);
        expect(difference!.interval!.low).toBeCloseTo(3 * plane.difference!.interval!.low, 12);
        expect([p, corrected]).toEqual([plane.p, plane.corrected]);
      }
    }
    expect(board.volumes.map(({ label }) => label)).toEqual(board.rows.map(({ label }) => label));
  });

  test('counts the third: who is last in the plane can be first', () => {
    const [board] = leaderboardIn3(trainOnly, ({ combiner }) => ({
      'train/third': combiner.id === 'weighted' ? 3.9 : 0,
    })).boards as [Board];
    expect(board.rows[0]!.label).toBe('Ours');
    expect(board.volumes.at(-1)!.label).toBe('Ours');
    expect(volumeOf(board, 'Ours').difference!.value).toBeLessThan(0);
  });

  test('is null where a run is missing, and so is what is beside it', () => {
    const missing: Answer = ({ combiner, seed }) =>
      combiner.id === 'weighted' && seed === 2 ? null : { 'train/third': 1 };
    const [board] = leaderboardIn3(trainOnly, missing).boards as [Board];
    expect(volumeOf(board, 'Ours')).toMatchObject({
      value: null,
      difference: null,
      p: null,
      corrected: null,
    });
    expect(volumeOf(board, 'Other').difference).not.toBeNull();
    const noPlain: Answer = ({ combiner }) => (combiner.id === 'mixed' ? null : { 'train/third': 1 });
    expect(volumeOf(leaderboardIn3(trainOnly, noPlain).boards[0]!, 'Ours')).toMatchObject({
      difference: null,
      p: null,
    });
  });

  test('leaves out a setting at which a seed has no result, as the plane does', () => {
    const at =
      (wanted: number): Answer =>
      (spec, lambda) =>
        spec.combiner.id === 'weighted' && (wanted === 0 || (lambda === wanted && spec.seed === 2))
          ? { state: 'diverged', step: 3, reason: 'too large' }
          : { ...(trainOnly(spec, lambda) as object), 'train/third': 1 };
    const volume = (wanted: number) => {
      const [board] = leaderboardIn3(at(wanted), () => ({})).boards as [Board];
      return { plane: board.rows.find(({ label }) => label === 'Ours')!, ...volumeOf(board, 'Ours') };
    };
    const { value, plane } = volume(2);
    expect(value!.value).toBeCloseTo(3 * plane.scores.train!.hypervolume, 12);
    expect(value!.value).toBeGreaterThan(0);
    expect(volume(0).value).toBeNull();
  });

  test('has a table of its own, which boards of two objectives do not have', () => {
    const text = renderMarkdown(leaderboardIn3(trainOnly, constant));
    expect(text).toContain('### In all 3 objectives, on train data');
    expect(text).toContain('Reference point: main 2, side 2, third 4.');
    const plan = planOf(toySuite({ methods }).entries);
    const plain = createLeaderboard(plan, recordsOf(plan, trainOnly));
    expect(plain.boards[0]!.volumes).toEqual([]);
    expect(renderMarkdown(plain)).not.toContain('In all');
  });
});

test('a suite names further objectives that its task has', () => {
  const entries = (objective: string) => toySuite({ further: [{ objective, reference: 1 }] }).entries;
  expect(planOf(entries('side')).entries[0]!.further).toEqual([{ objective: 'side', reference: 1 }]);
  expect(() => planOf(entries('sidle'))).toThrow('task "toy" has no objective "sidle"');
  expect(() => toySuite({ further: [] })).toThrow('entries[0].further must hold an objective');
});
