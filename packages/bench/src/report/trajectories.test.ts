import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { createLeaderboard } from '../leaderboard/leaderboard.ts';
import { trajectoriesOf } from '../leaderboard/trajectories.ts';
import type { Plan } from '../plan/planned.ts';
import { looksOf } from '../plots/looks.ts';
import { renderTrajectoriesSvg } from '../plots/trajectories.ts';
import type { Outcome, Path, RunRecord } from '../records/record.ts';
import { recordOf } from '../testing/records.ts';
import { walkingPlan } from '../testing/walk.ts';
import { renderHtml } from './page.ts';

const finished: Outcome = {
  state: 'finished',
  metrics: { 'train/main': 1, 'train/side': 0.5, distance: 0.25 },
};
const path: Path = {
  steps: [0, 1, 20],
  positions: [
    [-0.5, 1.5],
    [0.25, 1],
    [0.0123, 0.5],
  ],
  losses: { main: [1.25, 0.53125, 0.1251], side: [1.25, 0.28125, 0.6128] },
};

const plan = walkingPlan();
const recordsOf = (of: Plan, outcome: Outcome = finished, taken: Path | null = path): RunRecord[] =>
  of.runs.map((run) => ({ ...recordOf(run, outcome), ...(taken && { path: taken }) }));

function drawn(of: Plan, records: readonly RunRecord[]) {
  const [trajectories] = trajectoriesOf(of, records);
  const svg = renderTrajectoriesSvg(trajectories!, looksOf(createLeaderboard(of, records)));
  return { svg, document: parseHTML(svg).document };
}

describe('trajectories', () => {
  test('have a panel for each method and setting, with the paths of its seeds', () => {
    const [trajectories] = trajectoriesOf(plan, recordsOf(plan));
    expect(trajectories!.panels.map(({ label, setting, runs }) => [label, setting, runs.length])).toEqual([
      ['Swept', 'lambda 0.1', 2],
      ['Swept', 'lambda 10', 2],
      ['Fixed', '', 2],
    ]);
    expect(trajectories!.panels[2]!.runs[1]).toEqual({ name: 'toy, Fixed, seed 1', state: 'finished', path });
    expect(trajectories!.landscape!.losses([0, 0])).toEqual({ main: 0, side: 1 });
  });

  test('are there if any run has a path', () => {
    expect(trajectoriesOf(plan, [])).toEqual([null]);
    expect(trajectoriesOf(plan, recordsOf(plan, finished, null))).toEqual([null]);
    const [trajectories] = trajectoriesOf(plan, recordsOf(plan).slice(0, 1));
    expect(trajectories!.panels.map(({ runs }) => runs.length)).toEqual([1, 0, 0]);
  });
});

describe('an SVG of paths', () => {
  const { svg, document } = drawn(plan, recordsOf(plan));
  const texts = (of = document) => [...of.querySelectorAll('text')].map(({ textContent }) => textContent);

  test('has every method and setting by name, and both losses', () => {
    expect(texts().filter((text) => text === 'Swept')).toHaveLength(2);
    expect(texts()).toEqual(expect.arrayContaining(['Fixed', 'lambda 0.1', 'lambda 10', 'main →', '↑ side']));
  });

  test('says of every path where it led, on the map and among the losses', () => {
    const titles = [...document.querySelectorAll('title')].map(({ textContent }) => textContent);
    const of = (end: string) => titles.filter((title) => title === `toy, Fixed, seed 0\n${end} at step 20`);
    // The line and its end point.
    expect(of('from -0.5, 1.5\nto 0.0123, 0.5')).toHaveLength(2);
    expect(of('from 1.25, 1.25\nto 0.1251, 0.6128')).toHaveLength(2);
  });

  test('has each background once, however many panels there are', () => {
    const grounds = [...document.querySelectorAll('defs > g')].map(({ id }) => id);
    expect(grounds.map((id) => id.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['map', 'losses']);
    const uses = [...document.querySelectorAll('use')].map((use) => use.getAttribute('href'));
    expect(uses).toEqual(Array.from({ length: 3 }, () => grounds.map((id) => `#${id}`)).flat());
    expect(document.querySelectorAll('[aria-label="contour"]').length).toBe(2);
  });

  test('is the same every time, with ids of its own', () => {
    expect(drawn(plan, recordsOf(plan)).svg).toBe(svg);
    const ids = [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('marks runs that gave up, as far as they went', () => {
    const lost = drawn(plan, recordsOf(plan, { state: 'failed', reason: 'no answer' }));
    expect(texts(lost.document)).toContain('lambda 10, 2 of 2 gave up');
    expect(lost.svg).toContain('at step 20\nfailed');
    const nowhere = { steps: [], positions: [], losses: {} };
    const empty = drawn(plan, recordsOf(plan, { state: 'diverged', step: 0, reason: 'no' }, nowhere));
    expect(empty.svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('is drawn among the losses alone where there is no map', () => {
    const flat = { ...plan, entries: plan.entries.map((entry) => ({ ...entry, landscape: null })) };
    const { document, svg } = drawn(flat, recordsOf(plan));
    expect(document.querySelectorAll('defs > g')).toHaveLength(1);
    expect(document.querySelectorAll('[aria-label="contour"]')).toHaveLength(0);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('the page shows the paths beneath the table of their board, whose column tells the distance', () => {
  const records = recordsOf(plan);
  const leaderboard = createLeaderboard(plan, records);
  const page = parseHTML(renderHtml(leaderboard, trajectoriesOf(plan, records))).document;
  expect(page.querySelectorAll('figure > svg')).toHaveLength(2);
  expect(page.querySelector('figure ~ .wide ~ h3')!.textContent).toBe('Paths');
  const column = [...page.querySelectorAll('th')].findIndex(({ textContent }) => textContent === 'distance');
  expect(page.querySelector('tbody tr')!.children[column]!.textContent).toBe('0.25');
  expect(page.body.textContent).toContain('Paths have a panel for each method');
  const without = parseHTML(renderHtml(leaderboard, [null])).document;
  expect(without.querySelectorAll('figure > svg')).toHaveLength(1);
  expect(without.body.textContent).not.toContain('Paths');
});
