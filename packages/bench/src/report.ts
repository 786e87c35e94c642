import type { Leaderboard } from './leaderboard.ts';
import { meanRanksTable } from './mean-ranks-table.ts';
import { placesOf } from './places.ts';
import { type Column, notesOnce, rowsOf, type Table } from './table.ts';
import { tablesOf } from './tables.ts';

/** All of it, for other programs. */
export function renderJson(leaderboard: Leaderboard): string {
  return `${JSON.stringify(leaderboard, null, 2)}\n`;
}

/** Tables that fit `width` columns: what matters least is left out first. */
export function renderText(leaderboard: Leaderboard, width: number): string {
  const { suite, boards, meanRanks } = leaderboard;
  const notes = notesOnce();
  const sections = boards.map((board) =>
    [
      board.title,
      ...tablesOf(board).map((table) => textTable(table, width, notes)),
      ...board.troubles.map(({ run, what }) => wrap(`! ${run} ${what}`, width).join('\n')),
    ].join('\n\n'),
  );
  return [
    wrap(`${suite.title}: ${suite.summary}`, width).join('\n'),
    ...sections,
    ...meanRanks.map((ranks) => textTable(meanRanksTable(ranks), width, notes)),
    ...placesOf(leaderboard).map((place) => wrap(place, width).join('\n')),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Tables for a page in a repository. */
export function renderMarkdown(leaderboard: Leaderboard): string {
  const { suite, boards, meanRanks } = leaderboard;
  const notes = notesOnce();
  const sections = boards.flatMap((board) => [
    `## ${board.title}`,
    ...tablesOf(board).flatMap((table) => markdownTable(table, '###', notes)),
    ...(board.troubles.length > 0
      ? [
          'Runs without a result:',
          board.troubles.map(({ run, what }) => `- ${escaped(`${run} ${what}`)}`).join('\n'),
        ]
      : []),
  ]);
  const places = placesOf(leaderboard).map((place) => `- ${escaped(place)}`);
  return [
    `# ${suite.title}`,
    suite.summary,
    ...sections,
    ...meanRanks.flatMap((ranks) => markdownTable(meanRanksTable(ranks), '##', notes)),
    '## Where it ran',
    places.join('\n') || 'Nowhere yet.',
  ]
    .join('\n\n')
    .concat('\n');
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

type Notes = ReturnType<typeof notesOnce>;

function textTable(table: Table, width: number, notes: Notes): string {
  const columns = fitting(table.columns, width);
  const wide = widths(columns);
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) =>
        columns[index]!.align === 'right' ? text.padStart(wide[index]!) : text.padEnd(wide[index]!),
      )
      .join(GAP)
      .trimEnd()
      .slice(0, width);
  return [
    ...(table.title === null ? [] : [table.title, '']),
    line(columns.map(({ head }) => head)),
    line(wide.map((own) => '─'.repeat(own))),
    ...rowsOf(columns).map(line),
    '',
    ...wrap(notes(table, columns), width),
  ].join('\n');
}

function markdownTable(table: Table, level: string, notes: Notes): string[] {
  const { title, columns } = table;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = [
    line(columns.map(({ head }) => escaped(head))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rowsOf(columns).map((cells) => line(cells.map(escaped))),
  ];
  return [
    ...(title === null ? [] : [`${level} ${escaped(title)}`]),
    rows.join('\n'),
    escaped(notes(table, columns)),
  ];
}

/** Text that Markdown leaves alone, on one line. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replace(/\s+/g, ' ');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
