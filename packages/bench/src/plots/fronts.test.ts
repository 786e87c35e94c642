import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Board } from '../leaderboard/leaderboard.ts';
import { planeOf } from '../leaderboard/plane.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import { type Answer, heldOut, leaderboardOf, trainOnly } from '../testing/leaderboard.ts';
import { renderFrontsSvg } from './fronts.ts';
import { looksOf } from './looks.ts';

const boardOf = (answer: Answer, changes: Partial<SuiteEntry> = {}): Board =>
  leaderboardOf(answer, changes).boards[0]!;
const axes = (scale: 'linear' | 'log'): SuiteEntry['axes'] => [
  { objective: 'main', reference: 2, scale },
  { objective: 'side', reference: 2 },
];

describe('the plane', () => {
  test('holds everything that is better than the reference point, and the reference point', () => {
    for (const scale of ['linear', 'log'] as const) {
      const { x, y, marks } = planeOf(boardOf(trainOnly, { axes: axes(scale) }), 'train');
      expect(marks).toHaveLength(5);
      expect(marks.every(({ inside }) => inside)).toBe(true);
      expect(x.scale).toBe(scale);
      for (const side of [x, y]) {
        expect(side.domain[0]).toBeLessThan(0.6);
        expect(side.domain[1]).toBeGreaterThan(2);
      }
    }
  });

  test('is not stretched by what is worse than the reference point', () => {
    const far: Answer = (spec, lambda) =>
      spec.combiner.id === 'other' ? { 'train/main': 1e6, 'train/side': -1e6 } : trainOnly(spec, lambda);
    const [near, stretched] = [planeOf(boardOf(trainOnly), 'train'), planeOf(boardOf(far), 'train')];
    expect(stretched.x.domain).toEqual(near.x.domain);
    expect(stretched.y.domain).toEqual(near.y.domain);
    expect(stretched.marks.filter(({ inside }) => !inside).map(({ method }) => method)).toEqual(['Other']);
  });

  test('is still drawn where nothing is better than the reference point, or nothing is there', () => {
    const bad = planeOf(
      boardOf(() => ({ 'train/main': 5, 'train/side': 5 })),
      'train',
    );
    expect(bad.x.domain[0]).toBeLessThan(bad.x.domain[1]);
    const empty = planeOf(
      boardOf(() => null),
      'train',
    );
    expect(empty.x.domain[0]).toBeLessThan(empty.x.domain[1]);
    expect(empty.marks).toEqual([]);
  });

  test('is linear where a logarithm has no value', () => {
    const zero = boardOf((spec, lambda) => ({ ...(trainOnly(spec, lambda) as object), 'train/main': 0 }), {
      axes: axes('log'),
    });
    expect(planeOf(zero, 'train').x.scale).toBe('linear');
  });

  test('covers each method from the lowest seed to the highest, and what lies between two settings', () => {
    const { bands } = planeOf(boardOf(trainOnly), 'train');
    const corners = (wanted: string) => bands.filter(({ part }) => part === wanted).map(({ x, y }) => [x, y]);
    const box = ([left, right]: [number, number], [low, high]: [number, number]) =>
      [left, right].flatMap((x) => [low, high].map((y) => [x, y]));
    expect(corners('Other 0')).toEqual(box([1, 1.1], [1, 1.1]));
    expect(corners('Ours 0')).toEqual(box([0.5, 0.6], [1, 1.1]));
    expect(corners('Ours 1')).toEqual([...box([0.5, 0.6], [1, 1.1]), ...box([1, 1.1], [0.5, 0.6])]);
    expect(planeOf(boardOf(trainOnly, { seeds: [0] }), 'train').bands).toEqual([]);
  });

  test('covers settings of several numbers one by one', () => {
    const board = boardOf(trainOnly);
    const rows = board.rows.map((row) => ({
      ...row,
      settings: row.settings.map((setting) => ({ ...setting, name: 'lambda [0.1,2]' })),
    }));
    const { bands } = planeOf({ ...board, rows }, 'train');
    for (const corners of Map.groupBy(bands, ({ part }) => part).values()) expect(corners).toHaveLength(4);
  });
});

describe('an SVG', () => {
  const leaderboard = leaderboardOf(heldOut);
  const looks = looksOf(leaderboard);
  const svg = renderFrontsSvg(leaderboard.boards[0]!, looks);
  const { document } = parseHTML(svg);
  const titles = [...document.querySelectorAll('title')].map(({ textContent }) => textContent);

  test('has a mark with its numbers for every method, setting and split', () => {
    expect(titles.filter((title) => title!.startsWith('Ours, lambda 1\n'))).toEqual([
      'Ours, lambda 1\nmain 0.55\nside 1.05\nmean of 2 seeds',
      'Ours, lambda 1\nmain 1.55\nside 1.05\nmean of 2 seeds',
    ]);
    for (const head of ['Ours, lambda 2\n', 'Plain, lambda 1\n', 'Plain, lambda 2\n', 'Other\n']) {
      expect(titles.filter((title) => title!.startsWith(head))).toHaveLength(2);
    }
  });

  test('has a band around each setting and between two, on each split', () => {
    // Two methods have two settings each, and one method has one.
    expect(document.querySelectorAll('[aria-label="hull"] path')).toHaveLength(2 * (2 + 2 + 1));
  });

  test('names every method, both splits, both axes and the reference point', () => {
    const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts).toEqual(
      expect.arrayContaining(['Ours', 'Plain', 'Other', 'on train data', 'on test data']),
    );
    expect(texts).toEqual(expect.arrayContaining(['main →', '↑ side']));
    expect(titles).toContain('reference point of the hypervolume\nmain 2\nside 2');
  });

  test('holds numbers only, whatever the data', () => {
    const cases: Answer[] = [heldOut, trainOnly, () => null, () => ({ 'train/main': 0, 'train/side': 0 })];
    for (const scale of ['linear', 'log'] as const) {
      for (const answer of cases) {
        expect(renderFrontsSvg(boardOf(answer, { axes: axes(scale) }), looks)).not.toMatch(
          /NaN|Infinity|undefined/,
        );
      }
    }
  });

  test('joins settings of one number, not those of several', () => {
    const board = boardOf(trainOnly);
    const named = (name: string): Board => ({
      ...board,
      rows: board.rows.map((row) => ({
        ...row,
        settings: row.settings.map((setting) => ({ ...setting, name })),
      })),
    });
    const lines = (drawn: Board) =>
      parseHTML(renderFrontsSvg(drawn, looks)).document.querySelectorAll('[aria-label="line"] path').length;
    expect(lines(named('lambda 0.1'))).toBe(3);
    expect(lines(named('lambda [0.1,2]'))).toBe(0);
  });

  test('is the same every time, and has ids of its own', () => {
    expect(renderFrontsSvg(leaderboard.boards[0]!, looks)).toBe(svg);
    const ids = (text: string) => [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids(svg)).size).toBe(ids(svg).length);
    expect(ids(svg).length).toBeGreaterThan(0);
    const other = renderFrontsSvg(boardOf(heldOut, { title: 'Another' }), looks);
    expect(ids(other).some((id) => ids(svg).includes(id))).toBe(false);
  });

  test('gives methods looks that differ, and the same on every board', () => {
    const all = [...looks.values()].map(({ colour, symbol }) => `${colour} ${symbol}`);
    expect(new Set(all).size).toBe(3);
    expect([...looksOf(leaderboardOf(trainOnly)).entries()]).toEqual([...looks.entries()]);
  });
});
