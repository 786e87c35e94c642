import type { Leaderboard } from '../leaderboard/index.ts';
import { escapeMarkdown } from '../text/index.ts';
import { machinesOf } from './machines.ts';
import { meanRanksTable } from './mean-ranks.ts';
import { priceNotices } from './price.ts';
import { type Notes, notesOnce, rowsOf, type Table } from './table.ts';
import { tablesOf } from './tables.ts';
import { troubleLines } from './troubles.ts';

/** Tables for a page in a repository. */
export function renderMarkdown(leaderboard: Leaderboard): string {
  const { suite, boards, meanRanks } = leaderboard;
  const notes = notesOnce();
  const sections = boards.flatMap((board) => [
    `## ${escapeMarkdown(board.title)}`,
    ...priceNotices(board).map(escapeMarkdown),
    ...tablesOf(board).flatMap((table) => markdownTable(table, '###', notes)),
    ...(board.troubles.length > 0
      ? [
          'Runs without a result:',
          troubleLines(board.troubles)
            .map((line) => `- ${escapeMarkdown(line)}`)
            .join('\n'),
        ]
      : []),
  ]);
  const machines = machinesOf(leaderboard).map((machine) => `- ${escapeMarkdown(machine)}`);
  return [
    `# ${escapeMarkdown(suite.title)}`,
    escapeMarkdown(suite.summary),
    ...sections,
    ...meanRanks.flatMap((ranks) => markdownTable(meanRanksTable(ranks), '##', notes)),
    '## Where it ran',
    machines.join('\n') || 'Nowhere yet.',
  ]
    .join('\n\n')
    .concat('\n');
}

/** A table with a heading of the given level, and notes on its columns below. */
export function markdownTable(table: Table, level: string, notes: Notes): string[] {
  const { title, columns } = table;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = [
    line(columns.map(({ head }) => escapeMarkdown(head))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rowsOf(columns).map((cells) => line(cells.map(escapeMarkdown))),
  ];
  const below = notes(table, columns);
  return [
    ...(title === null ? [] : [`${level} ${escapeMarkdown(title)}`]),
    rows.join('\n'),
    ...(below === '' ? [] : [escapeMarkdown(below)]),
  ];
}
