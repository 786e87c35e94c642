import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { renderHtml } from './page.ts';
import { heldOut, leaderboardOf, methods } from './testing/leaderboard.ts';

const html = renderHtml(leaderboardOf(heldOut));
const { document } = parseHTML(html);

test('fetches nothing and executes nothing', () => {
  expect(document.querySelectorAll('script, link, img, iframe, object, embed')).toHaveLength(0);
  const addresses = html.match(/https?:[^\s"'<)]*/g) ?? [];
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
  expect(html).not.toMatch(/@import|url\((?!#)|\son\w+=/);
});

test('has the plots, the table, the seeds and the environment', () => {
  expect(document.querySelectorAll('figure > svg')).toHaveLength(1);
  const cells = [...document.querySelectorAll('tbody tr')].map((row) => row.children[1]!.textContent);
  expect(cells).toEqual(['Plain', 'Other', 'Ours']);
  expect(document.body.textContent).toContain('2 seeds (0, 1)');
  expect(document.body.textContent).toContain('TensorFlow.js 4.22.0, Node 26.10.0');
  expect(document.body.textContent).toContain('options {"pause":0,"rate":0.1,"steps":20,"trouble":"none"}');
});

test('names runs without a result', () => {
  const failed = leaderboardOf(() => ({ state: 'failed', reason: 'the data is gone' }));
  const page = parseHTML(renderHtml(failed)).document;
  const lines = [...page.querySelectorAll('li')].map(({ textContent }) => textContent);
  expect(lines).toContain('toy, Plain, lambda 1, seed 0 failed: the data is gone');
});

test('shows names as they are, whatever they hold', () => {
  const label = `<script>alert("1")</script> & 'co'`;
  const named = leaderboardOf(heldOut, { title: label, methods: [{ ...methods[0]!, label }] });
  const page = parseHTML(renderHtml(named)).document;
  expect(page.querySelectorAll('script')).toHaveLength(0);
  expect(page.querySelector('h2')!.textContent).toBe(label);
  expect(page.querySelector('tbody td + td')!.textContent).toBe(label);
});
