import { type Column, columnsOf, notesOf } from './columns.ts';
import type { Board, Leaderboard } from './leaderboard.ts';
import { placesOf } from './places.ts';

/** All of it, for other programs. */
export function renderJson(leaderboard: Leaderboard): string {
  return `${JSON.stringify(leaderboard, null, 2)}\n`;
}

/** Tables that fit `width` columns: what matters least is left out first. */
export function renderText(leaderboard: Leaderboard, width: number): string {
  const { suite, boards } = leaderboard;
  const sections = boards.map((board) => {
    const columns = fitting(board, width);
    return [
      board.title,
      '',
      textTable(columns, board, width),
      '',
      ...wrap(notesOf(board, columns), width),
      ...board.troubles.flatMap(({ run, what }) => wrap(`! ${run} ${what}`, width)),
    ].join('\n');
  });
  const places = placesOf(leaderboard).map((place) => wrap(place, width).join('\n'));
  return `${[wrap(`${suite.title}: ${suite.summary}`, width).join('\n'), ...sections, ...places].join('\n\n')}\n`;
}

/** Tables for a page in a repository. */
export function renderMarkdown(leaderboard: Leaderboard): string {
  const { suite, boards } = leaderboard;
  const sections = boards.flatMap((board) => [
    `## ${board.title}`,
    markdownTable(board),
    escaped(notesOf(board, columnsOf(board))),
    ...(board.troubles.length > 0
      ? [
          'Runs without a result:',
          board.troubles.map(({ run, what }) => `- ${escaped(`${run} ${what}`)}`).join('\n'),
        ]
      : []),
  ]);
  const places = placesOf(leaderboard).map((place) => `- ${escaped(place)}`);
  return `${[`# ${suite.title}`, suite.summary, ...sections, '## Where it ran', places.join('\n') || 'Nowhere yet.'].join('\n\n')}\n`;
}

function fitting(board: Board, width: number): readonly Column[] {
  let columns = columnsOf(board);
  while (widthOf(columns, board) > width) {
    const last = Math.max(...columns.map(({ spare }) => spare));
    if (last === 0) break;
    columns = columns.filter(({ spare }) => spare !== last);
  }
  return columns;
}

const GAP = '  ';

function widthOf(columns: readonly Column[], board: Board): number {
  return widths(columns, board).reduce((sum, own) => sum + own + GAP.length, -GAP.length);
}

function widths(columns: readonly Column[], { rows }: Board): number[] {
  return columns.map(({ head, cell }) => Math.max(head.length, ...rows.map((row) => cell(row).length)));
}

function textTable(columns: readonly Column[], board: Board, width: number): string {
  const wide = widths(columns, board);
  const line = (cells: readonly string[]) =>
    cells
      .map((text, index) =>
        columns[index]!.align === 'right' ? text.padStart(wide[index]!) : text.padEnd(wide[index]!),
      )
      .join(GAP)
      .trimEnd()
      .slice(0, width);
  return [
    line(columns.map(({ head }) => head)),
    line(wide.map((own) => '─'.repeat(own))),
    ...board.rows.map((row) => line(columns.map(({ cell }) => cell(row)))),
  ].join('\n');
}

function markdownTable(board: Board): string {
  const columns = columnsOf(board);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ head }) => escaped(head))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...board.rows.map((row) => line(columns.map(({ cell }) => escaped(cell(row))))),
  ].join('\n');
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
