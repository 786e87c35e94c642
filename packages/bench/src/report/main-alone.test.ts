import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { createLeaderboard } from '../leaderboard/leaderboard.ts';
import { looksOf } from '../plots/looks.ts';
import { renderMixedLossSvg } from '../plots/mixed-loss.ts';
import { planOf, recordsOf } from '../testing/leaderboard.ts';
import { answerOf, methodOf, pricedEntry } from '../testing/priced.ts';
import { renderText } from './text.ts';

const answer = answerOf((spec, lambda) => {
  const seed = spec.seed / 100;
  if (methodOf(spec) === 'Alone') return [0.5 + seed, 1.9];
  return [0.5 + lambda / 10 + seed, (methodOf(spec) === 'Plain' ? 1.5 : 1.4) / lambda + seed];
});

/** A leaderboard whose main alone is, or is not, known as such. */
function leaderboardWith(known: boolean) {
  const entry = pricedEntry([1, 2, 4], { seeds: [0, 1, 2], ...(!known && { price: {} }) });
  const plan = planOf([entry]);
  const further = [{ objective: 'main', reference: 2 }];
  const entries = plan.entries.map((one) => ({ ...one, further }));
  return createLeaderboard({ ...plan, entries }, recordsOf(plan, answer));
}
const [board] = leaderboardWith(true).boards;
const [other] = leaderboardWith(false).boards;

describe('main alone is no rival of the methods', () => {
  test('it is in the ranking, but in no comparison with plain mixing, nor in their correction', () => {
    expect(board!.rows.map(({ label }) => label)).toContain('Alone');
    const compared = (rows: typeof board) =>
      rows!.rows.filter(({ comparisons }) => comparisons.train).map(({ label }) => label);
    expect(compared(board)).toEqual(['Ours']);
    expect(compared(other).toSorted()).toEqual(['Alone', 'Ours']);
    const ours = board!.rows.find(({ label }) => label === 'Ours')!.comparisons.train!;
    expect([ours.p, ours.corrected]).toEqual([1 / 4, 1 / 4]);
    const text = renderText(leaderboardWith(true), 200);
    const beside = text.slice(text.indexOf('Beside Plain, on'), text.indexOf('In all 3'));
    expect(beside).toMatch(/^Ours /m);
    expect(beside).not.toMatch(/^Alone /m);
  });

  test('nor in those of all objectives', () => {
    const inAll = (label: string) => board!.volumes.find((volume) => volume.label === label)!;
    expect(inAll('Alone').value).not.toBeNull();
    expect(inAll('Alone')).toMatchObject({ difference: null, p: null, corrected: null });
    expect(inAll('Ours').corrected).toBe(1 / 4);
  });

  test('it has no curve beside mixing', () => {
    const lines = (known: boolean) => {
      const leaderboard = leaderboardWith(known);
      const svg = renderMixedLossSvg(leaderboard.boards[0]!, looksOf(leaderboard))!;
      return parseHTML(svg).document.querySelectorAll('[aria-label="line"] path').length;
    };
    expect([lines(true), lines(false)]).toEqual([1, 2]);
  });

  test('and it is the last to take a colour, so that others keep theirs', () => {
    expect([...looksOf(leaderboardWith(true)).keys()]).toEqual(['Ours', 'Plain', 'Alone']);
    expect([...looksOf(leaderboardWith(false)).keys()]).toEqual(['Alone', 'Ours', 'Plain']);
  });
});
