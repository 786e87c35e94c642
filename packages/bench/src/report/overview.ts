import type { Leaderboard } from '../leaderboard/index.ts';
import { escapeMarkdown } from '../text/index.ts';
import { anchorTo } from './anchor.ts';
import { effortOf } from './machines.ts';
import { markdownTable } from './markdown.ts';
import { meanRanksTable } from './mean-ranks.ts';
import { priceTable } from './price.ts';
import { priceOverview } from './price-overview.ts';
import { NOTHING, notesOnce, type Table } from './table.ts';
import { frontTablesOf } from './tables.ts';

/** A suite with more boards than this has its tables only on its own page. */
const FEW = 4;

/**
 * The main results of several leaderboards, each with a link to its full page. `folder` holds `<suite>.md`
 * and the records.
 */
export function renderOverview(leaderboards: readonly Leaderboard[], folder: string): string {
  const notes = notesOnce();
  const sections = leaderboards.flatMap((leaderboard) => {
    const { suite, boards, meanRanks } = leaderboard;
    const { id, title, summary } = suite;
    return [
      `## ${escapeMarkdown(title)}`,
      `${escapeMarkdown(summary)} [All of it](${folder}/${id}.md). ${effortOf(leaderboard)}.`,
      ...(boards.length > FEW ? [] : boards).flatMap((board) => [
        `### ${escapeMarkdown(board.title)}`,
        ...[priceTable(board), ...frontTablesOf(board)]
          .filter((table) => table !== null)
          .flatMap((table) => markdownTable(essential(table), '####', notes)),
      ]),
      ...meanRanks.flatMap((ranks) => markdownTable(meanRanksTable(ranks), '###', notes)),
    ];
  });
  const priced = ({ boards }: Leaderboard) => boards.filter(({ price }) => price !== null);
  const few = leaderboards.filter((leaderboard) => priced(leaderboard).length <= FEW);
  return ['# Leaderboard', ...priceOverview(few), entrance(leaderboards), ...sections]
    .join('\n\n')
    .concat('\n');
}

/**
 * One line for each suite and board: the first method, and the methods that are surely better or worse than
 * plain mixing.
 */
function entrance(leaderboards: readonly Leaderboard[]): string {
  const lines = leaderboards.flatMap(({ suite, boards }) =>
    boards.map((board, index) => {
      const title = index === 0 ? `[${escapeMarkdown(suite.title)}](#${anchorTo(suite.title)})` : '';
      const split = board.splits.at(-1)!;
      const first = board.rows.filter(({ rank }) => rank === 1).map(({ label }) => label);
      const beside = (sign: 1 | -1) =>
        board.rows
          .filter(({ comparisons }) => {
            const { value, interval } = comparisons[split]?.difference ?? { value: 0, interval: null };
            return interval !== null && sign * value > 0 && interval.low * interval.high > 0;
          })
          .map(({ label }) => label);
      const cells = [
        board.title,
        ...[first, beside(1), beside(-1)].map((labels) => labels.join('; ') || NOTHING),
      ];
      return `| ${[title, ...cells.map(escapeMarkdown), board.seeds.length].join(' | ')} |`;
    }),
  );
  return [
    '| suite | board | first by hypervolume | ahead of plain mixing | behind it | seeds |',
    '| --- | --- | --- | --- | --- | ---: |',
    ...lines,
    '',
    'Ahead and behind: the 95 % interval of the difference of the hypervolumes, seed by seed, leaves out 0.',
    '',
    'A page with the tables and plots of a suite, such as mnist: `pnpm scalpel leaderboard mnist --records benchmarks/results/mnist.jsonl --html mnist.html`.',
  ].join('\n');
}

/** The columns that even a narrow table keeps. */
function essential(table: Table): Table {
  return { ...table, columns: table.columns.filter(({ spare }) => spare <= 3) };
}
