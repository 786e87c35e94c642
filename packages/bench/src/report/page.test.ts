import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { createLeaderboard } from '../leaderboard/leaderboard.ts';
import { heldOut, leaderboardOf, methods, planOf, recordsOf, trainOnly } from '../testing/leaderboard.ts';
import { toySuite } from '../testing/suite.ts';
import { renderHtml } from './page.ts';

const html = renderHtml(leaderboardOf(heldOut));
const { document } = parseHTML(html);

test('fetches nothing and executes nothing', () => {
  expect(document.querySelectorAll('script, link, img, iframe, object, embed')).toHaveLength(0);
  const addresses = html.match(/https?:[^\s"'<)]*/g) ?? [];
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
  expect(html).not.toMatch(/@import|url\((?!#)|\son\w+=/);
});

test('has the plots, the table, the seeds and the environment', () => {
  expect(document.querySelectorAll('figure > svg').length).toBe(2);
  const [ranking, comparison] = document.querySelectorAll('table');
  const column = (table: typeof ranking, index: number) =>
    [...table!.querySelectorAll('tbody tr')].map((row) => row.children[index]!.textContent);
  expect(column(ranking, 1)).toEqual(['Plain', 'Other', 'Ours']);
  expect(column(comparison, 0)).toEqual(['Other', 'Ours']);
  expect(document.body.textContent).toContain('2 seeds (0, 1)');
  expect(document.body.textContent).toContain('TensorFlow.js 4.22.0, Node 26.10.0');
  expect(document.body.textContent).toContain('options {"pause":0,"rate":0.1,"steps":20,"trouble":"none"}');
});

test('has the mean ranks and their diagram where several boards have the same methods', () => {
  const [entry] = toySuite({ methods }).entries;
  const plan = planOf([entry!, { ...entry!, task: 'again', title: 'Again' }]);
  const page = parseHTML(renderHtml(createLeaderboard(plan, recordsOf(plan, trainOnly)))).document;
  const heads = [...page.querySelectorAll('h2')].map(({ textContent }) => textContent);
  expect(heads).toContain('Mean ranks over 2 problems');
  const titles = [...page.querySelectorAll('svg > title')].map(({ textContent }) => textContent);
  expect(titles).toContain('Mean ranks over 2 problems, with the critical difference');
});

test('names runs without a result', () => {
  const failed = leaderboardOf(() => ({ state: 'failed', reason: 'the data is gone' }));
  const page = parseHTML(renderHtml(failed)).document;
  const lines = [...page.querySelectorAll('li')].map(({ textContent }) => textContent);
  expect(lines).toContainEqual(
    expect.stringMatching(/toy, Plain, lambda 1, seed 0.* failed: the data is gone$/),
  );
});

test('shows names as they are, whatever they hold', () => {
  const label = `<script>alert("1")</script> & 'co'`;
  const named = leaderboardOf(heldOut, { title: label, methods: [{ ...methods[0]!, label }] });
  const page = parseHTML(renderHtml(named)).document;
  expect(page.querySelectorAll('script')).toHaveLength(0);
  expect(page.querySelector('h2')!.textContent).toBe(label);
  expect(page.querySelector('tbody td + td')!.textContent).toBe(label);
});
