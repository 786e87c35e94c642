import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { createLeaderboard, type Leaderboard } from '../leaderboard/leaderboard.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import { type Answer, planOf, recordsOf } from '../testing/leaderboard.ts';
import { answerOf, methodOf, pricedEntry } from '../testing/priced.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOverview } from './overview.ts';
import { renderHtml } from './page.ts';
import { renderJson, renderText } from './text.ts';

const leaderboardWith = (answer: Answer, changes: Partial<SuiteEntry> = {}, count = 1): Leaderboard => {
  const entry = pricedEntry([1, 2], { seeds: [0, 1, 2], ...changes });
  const entries = Array.from({ length: count }, (_, index) => ({ ...entry, title: `Board ${index}` }));
  const plan = planOf(entries);
  return createLeaderboard(plan, recordsOf(plan, answer));
};

/**
 * Main alone has (1, 9). Mixing rises by 0.5 % and 4 % with a side of 8 and 6. Ours has 7 at a rise of 0.5 %
 * on training data, of 3 % on test data; and 5 at a rise of 4 %, where the seeds differ by 10 %.
 */
const answer: Answer = (spec, lambda) => {
  const method = methodOf(spec);
  const rise = method === 'Alone' ? 0 : lambda === 1 ? 0.005 : 0.04;
  const side = method === 'Alone' ? 9 : method === 'Plain' ? 10 - 2 * lambda : 9 - 2 * lambda;
  const real = method === 'Ours' ? (lambda === 1 ? 0.03 : 0.04 + (spec.seed - 1) / 10) : rise;
  return { 'train/main': 1 + rise, 'train/side': side, 'test/main': 1 + real, 'test/side': side };
};
const priced = leaderboardWith(answer);
const lines = renderText(priced, 200).split('\n');
const after = (title: string) => lines.slice(lines.indexOf(title));

describe('the table of prices', () => {
  test('is the first of its board, with one column for each budget that buys something', () => {
    expect(after('Board 0').slice(0, 9)).toEqual([
      'Board 0',
      '',
      'The side that a rise of the main buys, on test data',
      '',
      'method  0 %  +1 %  +2 %  +5 %  +10 %',
      '──────  ───  ────  ────  ────  ─────',
      'Alone   9    9     9     9     9',
      'Plain   9    8     8     6     6',
      'Ours    9    7 ↑   7 ↑   5 ?   5 ?',
    ]);
    expect(lines.indexOf('All settings, by hypervolume')).toBeGreaterThan(0);
  });

  test('has the paired interval: what all runs of a seed have in common is none', () => {
    const shared = answerOf((spec) => [
      1,
      (methodOf(spec) === 'Alone' ? 9 : 5 + spec.seed / 100) + 3 * spec.seed,
    ]);
    expect(renderText(leaderboardWith(shared), 200)).toMatch(/^Ours +8\.010 ± 0\.025 /m);
  });

  test('says what a budget is, what chose, which budgets buy nothing, and what its marks mean', () => {
    const text = lines.join(' ');
    expect(text).toContain('A budget of 5 % lets the main rise by 5 % above that of Alone, 1 ± 0.');
    expect(text).toContain(
      'by its means over seeds 0–2 on train data: the one with the lowest side whose main is within the budget. Alone counts as a setting of every method. Shown are test data of the same seeds. There are no validation data. ± is half of the 95 % interval of the difference to Alone, seed by seed. No method has a setting within -10 %, -5 %, -2 %.',
    );
    expect(text).toContain('↑ over budget:');
    expect(text).toContain('? not resolved:');
    const plain = renderText(
      leaderboardWith(answerOf((spec) => (methodOf(spec) === 'Alone' ? [1, 9] : [1, 5]))),
      200,
    );
    expect(plain).not.toContain('over budget');
    expect(plain.replaceAll('\n', ' ')).toContain('The numbers that chose are also those that are shown');
  });

  test.each([
    [1, 'lets the main rise by 0.05 above that of Alone, 1 ± 0.'],
    [{ start: 9 }, 'lets the main rise above that of Alone, 1 ± 0, by 5 % of the fall from 9 at the start.'],
  ])('names the unit %j', (unit, words) => {
    const [main, side] = pricedEntry([1]).axes;
    const text = renderText(leaderboardWith(answer, { axes: [{ ...main, unit }, side] }), 1000);
    expect(text).toContain(words);
  });

  test('is followed by the settings, what they really cost, and their tests', () => {
    const rows = after('What it cost, on test data').map((line) => line.split(/ {2,}/));
    const row = (method: string, budget: string) =>
      rows.find((cells) => cells[0] === method && cells[1] === budget)?.slice(2);
    expect(row('Ours', '+1 % to +2 %')).toEqual([
      'lambda 1',
      '+3 ± 0 %',
      'over budget',
      '-2 ± 0',
      '1',
      '-1 ± 0',
      '0.5',
    ]);
    expect(row('Ours', '+5 % to +10 %')!.slice(0, 3)).toEqual(['lambda 2', '+4 ± 25 %', 'not resolved']);
    expect(row('Plain', '0 %')!.slice(0, 3)).toEqual(['Alone', '0 ± 0 %', 'within budget']);
    expect(lines.join(' ')).toContain('The comparison that counts is Ours beside Plain');
    // Two settings of ours are compared with two of mixing.
    expect(lines.join(' ')).toContain('and 0.5 after correction for 2 comparisons');
  });

  test('has the accuracies of a classifier on the data that are shown, where all runs have them', () => {
    const classified: Answer = (spec, lambda) => ({
      ...(answer(spec, lambda) as Record<string, number>),
      'train/accuracy': 1,
      'test/accuracy': methodOf(spec) === 'Ours' ? 0.8 + spec.seed / 10 : 0.5,
      ...(spec.seed === 0 && { 'test/digit-accuracy': 1 }),
    });
    const text = renderText(leaderboardWith(classified), 300);
    expect(text).toMatch(/^method +budget .* accuracy /m);
    expect(text).not.toContain('digit accuracy');
    expect(text).toMatch(/^Ours +\+1 % to \+2 % .* 90 % /m);
    expect(text).toMatch(/^Plain +\+1 % to \+2 % .* 50 % /m);
  });

  test.each([40, 60, 80, 120])('fits %i columns, and keeps 1 % and 5 %', (width) => {
    const narrow = renderText(priced, width).split('\n');
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(narrow.some((line) => /^method .* \+1 % .* \+5 %/.test(line))).toBe(true);
  });
});

test('failed and missing runs stand where the loss would', () => {
  const board = structuredClone(priced) as unknown as {
    boards: { price: { methods: { prices: object[] }[] } }[];
  };
  const { prices } = board.boards[0]!.price.methods[1]!;
  Object.assign(prices[4]!, { auxiliary: null, verdict: { state: 'failed', runs: 1, of: 3 } });
  Object.assign(prices[6]!, { auxiliary: null, verdict: { state: 'to do', runs: 2, of: 3 } });
  expect(renderText(board as unknown as Leaderboard, 200)).toMatch(
    /^Ours +9 +failed in 1 of 3 +7 ↑ +2 of 3 to do /m,
  );
});

test('a board without prices says why, in all formats', () => {
  const unpriced = leaderboardWith(answer, { price: {} });
  for (const text of [renderText(unpriced, 1000), renderMarkdown(unpriced), renderHtml(unpriced)]) {
    expect(text).toContain('No main alone: no method trains on the main objective alone');
    expect(text).not.toContain('What it cost');
  }
});

describe('three levels', () => {
  const board = (unit?: number) => {
    const { axes } = pricedEntry([1]);
    const plan = planOf([
      pricedEntry([1, 2], { seeds: [0, 1, 2], axes: [axes[0], { ...axes[1], ...(unit && { unit }) }] }),
    ]);
    const records = recordsOf(plan, (spec, lambda) => {
      const method = methodOf(spec);
      if (method === 'Alone') return { 'train/main': 1, 'train/side': 4, 'train/third': 9 };
      const side = unit === undefined ? -2 : method === 'Plain' ? 2 : 2 + lambda / 20;
      return { 'train/main': 1, 'train/side': side, 'train/third': (method === 'Plain' ? 8 : 7) - lambda };
    });
    const further = [
      { objective: 'third', reference: 9 },
      { objective: 'main', reference: 9 },
    ];
    const entries = plan.entries.map((entry) => ({ ...entry, further }));
    return renderText(createLeaderboard({ ...plan, entries }, records), 200);
  };

  test('have a table of the third loss within both budgets', () => {
    const text = board(1).split('\n');
    const at = text.indexOf('The third within +1 % of main, and a rise of side');
    expect(text.slice(at + 2, at + 6)).toEqual([
      'method  0 %         +1 %        +2 %        +5 %  +10 %',
      '──────  ──────────  ──────────  ──────────  ────  ─────',
      'Plain   6           6           6           6     6',
      'Ours    no setting  no setting  no setting  6     5',
    ]);
    const whole = text.join(' ');
    expect(whole).toContain('The third within +5 % of main, and a rise of side');
    expect(whole).toContain('may rise above the lowest that plain mixing has within the budget of the main.');
    expect(whole).toContain('Levels further down have no price.');
  });

  test('say why the third loss has no price', () => {
    expect(board()).toContain('Budgets have no unit: the side that they count from comes near 0 or below.');
  });
});

test('Markdown and the page have the same tables, and JSON has every price', () => {
  const markdown = renderMarkdown(priced).split('\n');
  expect(markdown).toEqual(
    expect.arrayContaining([
      '### The side that a rise of the main buys, on test data',
      '| Ours | 9 | 7 ↑ | 7 ↑ | 5 ? | 5 ? |',
      '### What it cost, on test data',
    ]),
  );
  const { document } = parseHTML(renderHtml(priced));
  expect([...document.querySelectorAll('h3')].map(({ textContent }) => textContent).slice(0, 2)).toEqual([
    'The side that a rise of the main buys, on test data',
    'What it cost, on test data',
  ]);
  const { price } = JSON.parse(renderJson(priced)).boards[0];
  expect(price.methods.map(({ prices }: { prices: object[] }) => prices.length)).toEqual([8, 8]);
  expect(price.methods[1].prices[4]).toMatchObject({
    budget: 0.01,
    setting: 'lambda 1',
    verdict: { state: 'over budget' },
    cost: { value: expect.closeTo(0.03, 12) },
  });
});

describe('the overview', () => {
  const overview = (leaderboards: readonly Leaderboard[]) =>
    renderOverview(leaderboards, 'results').split('\n');

  test('begins with what 1 % and 5 % buy on each problem', () => {
    const more = leaderboardWith(answer, {
      methods: [
        ...pricedEntry([1, 2]).methods,
        { label: 'Third', combiner: 'other', options: { lambda: 1 } },
      ],
    });
    const unknown = leaderboardWith(answer, { price: {} });
    expect(overview([unknown, priced, more]).slice(2, 7)).toEqual([
      '| problem | gains | pays | main alone | +1 %, mixing | +1 %, best other | +1 %, Bloop | +5 %, mixing | +5 %, best other | +5 %, Bloop |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      '| [Board 0](#toys) | side | main | 9 | 8 | – | 7 ↑ (Ours) | 6 | – | 5 ? (Ours) |',
      '| [Board 0](#toys) | side | main | 9 | 8 | 9 (main alone) | 7 ↑ (Ours) | 6 | 9 (main alone) | 5 ? (Ours) |',
      '| [Board 0](#toys) | side | main | no main alone | – | – | – | – | – | – |',
    ]);
  });

  test('names as the best other method no fixed weights: they are mixing', () => {
    const twin = { label: 'Ours, mean weights', combiner: 'constant', options: { lambda: 1 } };
    const other = { label: 'Third', combiner: 'other', options: { lambda: 3 } };
    const entry = pricedEntry([1, 2], { seeds: [0, 1] });
    const plan = planOf([{ ...entry, methods: [...entry.methods, { ...twin, combiner: 'mixed' }, other] }]);
    const methods = plan.entries[0]!.methods.map((method) =>
      method.label === twin.label ? { ...method, combiner: 'constant' } : method,
    );
    const losses = answerOf((spec, lambda) =>
      lambda === 0 ? [1, 9] : lambda === 3 ? [1, 4] : methodOf(spec) === 'Plain' ? [1, 2] : [1, 3],
    );
    const changed = { ...plan, entries: [{ ...plan.entries[0]!, methods }] };
    const [row] = overview([createLeaderboard(changed, recordsOf(plan, losses))]).slice(4);
    expect(row).toContain('| 9 | 2 | 4 (Third) | 3 (Ours) |');
  });

  test('leaves suites with many boards to their pages, and has no such table without prices', () => {
    expect(overview([leaderboardWith(answer, {}, 5)])[2]).toContain('| suite | board |');
    const { price: _, ...equal } = pricedEntry([1, 2]);
    const plan = planOf([equal]);
    expect(overview([createLeaderboard(plan, recordsOf(plan, answer))])[2]).toContain('| suite | board |');
  });

  test('keeps few budgets of each board, and not what is behind them', () => {
    const text = overview([priced]);
    expect(text).toContain('| method | 0 % | +1 % | +2 % | +5 % |');
    expect(text.join(' ')).not.toContain('What it cost');
  });
});
