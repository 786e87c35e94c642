import { describe, expect, test } from 'vitest';
import { createLeaderboard } from '../leaderboard/leaderboard.ts';
import { heldOut, leaderboardOf, methods, planOf, recordsOf, trainOnly } from '../testing/leaderboard.ts';
import { toySuite } from '../testing/suite.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOverview } from './overview.ts';
import { renderJson, renderText } from './text.ts';

const troubled = leaderboardOf((spec, lambda) => {
  if (spec.combiner.id === 'other') return { state: 'failed', reason: 'the file | of the data\nis gone' };
  if (spec.combiner.id === 'weighted' && lambda === 2)
    return { state: 'diverged', step: 31, reason: 'too large' };
  if (spec.seed === 1 && lambda === 1) return null;
  return trainOnly(spec, lambda);
});

describe('text', () => {
  const text = renderText(leaderboardOf(trainOnly), 120);

  test('has a table, its reference point, its seeds and where it ran', () => {
    expect(text.split('\n').slice(0, 8)).toEqual([
      'Toys: Small things.',
      '',
      'Two bowls',
      '',
      '#  method  hypervolume, train  95 % interval  lowest main  at        runs  s/run',
      '─  ──────  ──────────────────  ─────────────  ───────────  ────────  ────  ─────',
      '1  Ours                 1.853  0.0 … 3.7      0.55 ± 0.64  lambda 1  4/4     1.3',
      '2  Plain                1.127  0.0 … 2.7      1.05 ± 0.64  lambda 1  4/4     1.3',
    ]);
    expect(text).toContain(
      'Reference point of the hypervolume: main 2, side 2. 2 seeds (0, 1); 95 % intervals by bootstrap',
    );
    expect(text).toContain('10 runs, 0.42 minutes of training in all, by the clock\n');
    expect(text).toContain('Backend cpu (plain JavaScript), TensorFlow.js 4.22.0, Node 26.10.0');
    expect(text).toMatch(/commit\s0123456789ab/);
  });

  test.each([40, 60, 80, 100, 200])('fits %i columns, and never drops the ranking', (width) => {
    for (const leaderboard of [troubled, leaderboardOf(heldOut)]) {
      const lines = renderText(leaderboard, width).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.some((line) => /#\s+method\s+hypervolume, (train|test)/.test(line))).toBe(true);
    }
  });

  test('shows what went wrong, and what is still to do', () => {
    const lines = renderText(troubled, 200).split('\n');
    const row = (label: string) => lines.find((line) => line.includes(`  ${label}  `));
    expect(row('Other')).toMatch(/^– .* 0\/2, 2 failed /);
    expect(row('Ours')).toMatch(/ 1\/4, 2 diverged, 1 to do /);
    expect(lines).toContain(
      '! 2 runs (toy, Ours, lambda 2, seed 0; toy, Ours, lambda 2, seed 1) diverged at step 31: too large',
    );
    expect(lines).toContain(
      '! 2 runs (toy, Other, seed 0; toy, Other, seed 1) failed: the file | of the data is gone',
    );
  });

  test('does not explain columns that it left out', () => {
    expect(renderText(leaderboardOf(trainOnly), 60)).not.toContain('Beats:');
    expect(renderText(leaderboardOf(trainOnly), 120)).toContain('Beats: the share');
  });

  test('has the methods beside plain mixing, with what the test can find', () => {
    const board = (seeds: number[]) => renderText(leaderboardOf(trainOnly, { seeds }), 120);
    const three = board([0, 1, 2]);
    expect(three).toContain('Beside Plain, on train data');
    expect(three).toMatch(/^Ours +\+0\.70 ± 0\.13 +0\.25 +0\.5 +-0\.5 ± /m);
    expect(three.replaceAll('\n', ' ')).toContain(
      'With 3 seeds p is at least 0.25, and 0.5 after correction for 2 methods, so that nothing here can be significant at 0.05.',
    );
    const eight = board([0, 1, 2, 3, 4, 5, 6, 7]).replaceAll('\n', ' ');
    expect(eight).toContain('With 8 seeds p is at least 0.0078, and 0.016 after correction for 2 methods.');
    expect(board([0])).toContain('Beside Plain');
    expect(board([0])).not.toContain('Holm');
  });

  test('explains a column once', () => {
    const [entry] = toySuite({ methods }).entries;
    const plan = planOf([entry!, { ...entry!, task: 'again', title: 'Again' }]);
    const both = renderText(createLeaderboard(plan, recordsOf(plan, trainOnly)), 200);
    expect(both.split('Beats: the share').length).toBe(2);
    expect(both.split('Reference point of the hypervolume').length).toBe(3);
    expect(both).toContain('Mean ranks over 2 problems');
    expect(both.replaceAll('\n', ' ')).toContain('Above 0.05 no two of them are shown to differ.');
    expect(both).not.toContain('Nemenyi');
  });

  test('says that one seed has no spread', () => {
    expect(renderText(leaderboardOf(trainOnly, { seeds: [4] }), 120)).toContain(
      'One seed (4), which says nothing about spread.',
    );
  });

  test('says what the learning rate follows, where it does', () => {
    const note = 'rate of each run is multiplied by 1 / (1 + lambda).';
    const following = leaderboardOf(trainOnly, { rate: '1 / (1 + lambda)' });
    expect(renderText(following, 1000)).toContain(note);
    expect(renderText(leaderboardOf(trainOnly), 1000)).not.toContain('rate of each run');
  });

  test('names the points that are beyond the plot', () => {
    const far = leaderboardOf((spec, lambda) => ({
      'train/main': spec.combiner.id === 'other' ? 99 : lambda / 2,
      'train/side': 1,
    }));
    expect(renderText(far, 200).replaceAll('\n', ' ')).toContain('Beyond the plot on train data: Other.');
  });
});

test('commits of one place are on one line, other places on others', () => {
  const place = (record: object, index: number) => {
    const original = record as Parameters<NonNullable<Parameters<typeof leaderboardOf>[2]>>[0];
    const commit = index === 0 ? 'aaaaaaaaaaaa' : 'bbbbbbbbbbbb+';
    return { ...original, environment: { ...original.environment, commit, cores: index < 9 ? 2 : 64 } };
  };
  const lines = renderText(leaderboardOf(trainOnly, {}, place), 500).split('\n');
  expect(lines.filter((line) => line.startsWith('Backend'))).toEqual([
    expect.stringContaining('2 cores, commits aaaaaaaaaaaa, bbbbbbbbbbbb+'),
    expect.stringContaining('64 cores, commit bbbbbbbbbbbb+'),
  ]);
});

test('says of each place whether its backend was checked, where records know', () => {
  const [passed, failed] = [true, false].map((passed) => ({ passed, when: '2026-01-02T03:04:05.000Z' }));
  const known = [undefined, null, passed, failed];
  const place = (record: object, index: number) => {
    const original = record as Parameters<NonNullable<Parameters<typeof leaderboardOf>[2]>>[0];
    const checked = known[index % known.length];
    return checked === undefined
      ? original
      : { ...original, environment: { ...original.environment, checked } };
  };
  const lines = renderText(leaderboardOf(trainOnly, {}, place), 500).split('\n');
  expect(lines.filter((line) => line.startsWith('Backend'))).toEqual([
    expect.stringMatching(/ cores, commit/),
    expect.stringContaining(' cores, backend not checked, commit'),
    expect.stringContaining(' cores, backend checked, commit'),
    expect.stringContaining(' cores, backend failed its check, commit'),
  ]);
});

describe('Markdown', () => {
  test('has the same table', () => {
    expect(renderMarkdown(leaderboardOf(trainOnly)).split('\n')).toEqual(
      expect.arrayContaining([
        '# Toys',
        '## Two bowls',
        '| ---: | --- | ---: | --- | --- | --- | --- | ---: |',
        '| 1 | Ours | 1.853 | 0.0 … 3.7 | 0.55 ± 0.64 | lambda 1 | 4/4 | 1.3 |',
        '### Beside Plain, on train data',
      ]),
    );
  });

  test('keeps what names and reasons hold from breaking it', () => {
    expect(renderMarkdown(troubled)).toContain(
      '- 2 runs (toy, Other, seed 0; toy, Other, seed 1) failed: the file \\| of the data is gone',
    );
  });
});

test('the overview has the ranking and the tests of each suite, with links to the rest', () => {
  const overview = renderOverview([leaderboardOf(trainOnly), troubled], 'results');
  expect(overview.match(/^## Toys$/gm)).toHaveLength(2);
  expect(overview).toContain(
    'Small things. [All of it](results/toys.md). 10 runs, 0.42 minutes of training in all, by the clock.',
  );
  expect(overview).toContain('| 1 | Ours | 1.853 | 0.0 … 3.7 | 4/4 |');
  expect(overview).toContain('| method | Δ hypervolume | p | p, Holm |');
  expect(overview).toContain('0/2, 2 failed');
});

test('the overview begins with a line for each board, and leaves the tables of suites with many to their pages', () => {
  const [entry] = toySuite({ methods }).entries;
  const overviewOf = (count: number) => {
    const plan = planOf(
      Array.from({ length: count }, (_, index) => ({ ...entry!, title: `Board ${index}` })),
    );
    return renderOverview([createLeaderboard(plan, recordsOf(plan, trainOnly))], 'results');
  };
  expect(overviewOf(2).split('\n').slice(2, 6)).toEqual([
    '| suite | board | first by hypervolume | ahead of plain mixing | behind it | seeds |',
    '| --- | --- | --- | --- | --- | ---: |',
    '| [Toys](#toys) | Board 0 | Ours | Ours | – | 2 |',
    '|  | Board 1 | Ours | Ours | – | 2 |',
  ]);
  expect(overviewOf(4)).toContain('### Board 3');
  expect(overviewOf(5)).not.toContain('### Board');
});

test('JSON is all of it', () => {
  const leaderboard = leaderboardOf(heldOut);
  expect(JSON.parse(renderJson(leaderboard))).toEqual(JSON.parse(JSON.stringify(leaderboard)));
});
