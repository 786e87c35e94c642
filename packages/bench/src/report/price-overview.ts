import type { Board, Leaderboard, Price, PriceAt } from '../leaderboard/index.ts';
import { escapeMarkdown, formatChange, formatNumber } from '../text/index.ts';
import { anchorTo } from './anchor.ts';
import { priceCell } from './price.ts';
import { MARKS_SAID } from './price-basis.ts';
import { NOTHING } from './table.ts';

/** The budgets that the first table has. */
const SHOWN = [0.01, 0.05];

/** The ids of combiners with fixed weights: they are mixing, and no other method. */
const FIXED: readonly string[] = ['mixed', 'constant'];

/**
 * One line for each problem with priorities: what two budgets buy with plain mixing, with the best of the
 * other methods and with the method that was named beforehand. Empty without such problems.
 */
export function priceOverview(leaderboards: readonly Leaderboard[]): string[] {
  const boards = leaderboards.flatMap(({ suite, boards }) =>
    boards.filter(({ price }) => price !== null).map((board) => ({ suite: suite.title, board })),
  );
  if (boards.length === 0) return [];
  const [known, unknown] = [true, false].map((is) =>
    boards.filter(({ board }) => (board.price?.state === 'priced') === is),
  );
  const heads = SHOWN.flatMap((budget) =>
    ['mixing', 'best other', 'Bloop'].map((method) => `${formatChange(budget)}, ${method}`),
  );
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [...known!, ...unknown!].map(({ suite, board }) => {
    const problem = `[${escapeMarkdown(board.title)}](#${anchorTo(suite)})`;
    return row([problem, ...cellsOf(board).map(escapeMarkdown)]);
  });
  return [
    [
      row(['problem', 'gains', 'pays', 'main alone', ...heads]),
      row(Array(4 + heads.length).fill('---')),
      ...lines,
    ].join('\n'),
    `What the loss that gains becomes if the one that pays may rise by 1 % or 5 %; less is better. ± is half of the 95 % interval of the difference to main alone, seed by seed. Main alone trains on the loss that pays and on nothing else. Best other: of the remaining methods the one that was best where settings were chosen. Bloop: the method that the suite named beforehand, with its name where it is another. ${MARKS_SAID} Each suite's page has all budgets, and says on what data settings were chosen.`,
  ];
}

function cellsOf({ alone, price, rows, axes: [main, auxiliary] }: Board): string[] {
  const losses = [auxiliary.objective, main.objective];
  if (price?.state !== 'priced')
    return [
      ...losses,
      alone === null ? 'no main alone' : 'no prices',
      ...Array(3 * SHOWN.length).fill(NOTHING),
    ];
  const fixed = new Set(rows.filter(({ combiner }) => FIXED.includes(combiner)).map(({ label }) => label));
  return [
    ...losses,
    formatNumber(price.alone.auxiliary.value),
    ...SHOWN.flatMap((budget) => bought(price, budget, fixed)),
  ];
}

/** What plain mixing, the best other method and the named method have within a budget. */
function bought(
  { alone, methods, mixing, named }: Price,
  budget: number,
  fixed: ReadonlySet<string>,
): string[] {
  const all = methods.map(({ label, prices }) => ({
    label,
    at: prices.find((price) => price.budget === budget)!,
  }));
  const of = (label: string | null) => all.find((one) => one.label === label);
  const others = all.filter(({ label, at }) => !fixed.has(label) && label !== named && at.chosenBy !== null);
  const best = others.toSorted((a, b) => a.at.chosenBy![1]! - b.at.chosenBy![1]!)[0];
  const cell = (one: { readonly label: string; readonly at: PriceAt } | undefined, isNamed = true) => {
    if (!one) return NOTHING;
    const what = priceCell(one.at);
    if (one.at.method === alone.label) return `${what} (main alone)`;
    return isNamed ? what : `${what} (${one.label})`;
  };
  return [cell(of(mixing)), cell(best, false), cell(of(named), named === 'Bloop')];
}
