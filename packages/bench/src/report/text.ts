import type { Leaderboard } from '../leaderboard/index.ts';
import { visible, visibleLine, wrap } from '../text/index.ts';
import { machinesOf } from './machines.ts';
import { meanRanksTable } from './mean-ranks.ts';
import { priceNotices } from './price.ts';
import { type Column, type Notes, notesOnce, rowsOf, type Table } from './table.ts';
import { tablesOf } from './tables.ts';
import { troubleLines } from './troubles.ts';

/** The whole leaderboard as JSON, for other programs. */
export function renderJson(leaderboard: Leaderboard): string {
  return `${visible(JSON.stringify(leaderboard, null, 2))}\n`;
}

/** Tables that fit into `width` characters: the least important columns are left out first. */
export function renderText(leaderboard: Leaderboard, width: number): string {
  const { suite, boards, meanRanks } = leaderboard;
  const notes = notesOnce();
  const sections = boards.map((board) =>
    [
      visibleLine(board.title),
      ...priceNotices(board).map((notice) => lines(notice, width).join('\n')),
      ...tablesOf(board).map((table) => textTable(table, width, notes)),
      ...troubleLines(board.troubles).map((line) => lines(`! ${line}`, width).join('\n')),
    ].join('\n\n'),
  );
  return visible(
    [
      lines(`${suite.title}: ${suite.summary}`, width).join('\n'),
      ...sections,
      ...meanRanks.map((ranks) => textTable(meanRanksTable(ranks), width, notes)),
      ...machinesOf(leaderboard).map((machine) => lines(machine, width).join('\n')),
    ]
      .join('\n\n')
      .concat('\n'),
  );
}

function fitting(columns: readonly Column[], width: number): readonly Column[] {
  const wide = widths(columns).reduce((sum, own) => sum + own + GAP.length, -GAP.length);
  const spare = Math.max(...columns.map((column) => column.spare));
  if (wide <= width || spare === 0) return columns;
  return fitting(
    columns.filter((column) => column.spare !== spare),
    width,
  );
}

const GAP = '  ';

function widths(columns: readonly Column[]): number[] {
  return columns.map(({ head, cells }) => Math.max(head.length, ...cells.map((cell) => cell.length)));
}

function textTable(table: Table, width: number, notes: Notes): string {
  const columns = fitting(table.columns.map(onLines), width);
  const wide = widths(columns);
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) =>
        columns[index]!.align === 'right' ? text.padStart(wide[index]!) : text.padEnd(wide[index]!),
      )
      .join(GAP)
      .trimEnd()
      .slice(0, width);
  const below = notes(table, columns);
  return [
    ...(table.title === null ? [] : [...lines(visibleLine(table.title), width), '']),
    line(columns.map(({ head }) => head)),
    line(wide.map((own) => '─'.repeat(own))),
    ...rowsOf(columns).map(line),
    ...(below === '' ? [] : ['', ...lines(below, width)]),
  ].join('\n');
}

/** Makes every cell of a column one line, with hidden characters made visible. */
function onLines(column: Column): Column {
  return { ...column, head: visibleLine(column.head), cells: column.cells.map(visibleLine) };
}

/** Wraps a text again, whatever spaces and line feeds it has. */
function lines(text: string, width: number): string[] {
  return wrap(text.trim().replace(/\s+/g, ' '), width);
}
