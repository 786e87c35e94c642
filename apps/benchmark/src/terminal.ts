import { lengthOf, visible, wrap } from '@scalpel/bench/text';

/** The cells of a table row, as text. A cell may hold line feeds. */
export type TableRow = readonly string[];

/**
 * A table that fits into `width` columns of a terminal. The widest columns are made narrower, and their words
 * wrap.
 */
export function table(head: TableRow, given: readonly TableRow[], width: number = terminalWidth()): string {
  const rows = given.map((row) => row.map(visible));
  const widths = fit(
    head.map((_, column) =>
      Math.max(...[head, ...rows].map((row) => Math.max(...row[column]!.split('\n').map(lengthOf)))),
    ),
    width,
  );
  const rule = widths.map((w) => '─'.repeat(w));
  const airy = rows.some((row) => linesOf(row, widths) > 1);
  const body = rows.flatMap((row) => [...render(row, widths), ...(airy ? [''] : [])]);
  return [...render(head, widths), rule.join('  '), ...body].join('\n').trimEnd();
}

export function terminalWidth(): number {
  return process.stdout.columns || 120;
}

/**
 * Column widths that add up to `total`, with two blanks between columns. Only the widest columns are reduced.
 */
function fit(natural: readonly number[], total: number): number[] {
  const widths = [...natural];
  const room = total - 2 * (widths.length - 1);
  const sum = () => widths.reduce((a, b) => a + b, 0);
  while (sum() > room && Math.max(...widths) > 8) widths[widths.indexOf(Math.max(...widths))]!--;
  return widths;
}

function linesOf(row: TableRow, widths: readonly number[]): number {
  return Math.max(...row.map((cell, column) => wrap(cell, widths[column]!).length));
}

function render(row: TableRow, widths: readonly number[]): string[] {
  const cells = row.map((cell, column) => wrap(cell, widths[column]!));
  return Array.from({ length: linesOf(row, widths) }, (_, line) =>
    cells
      .map((lines, column) => (lines[line] ?? '') + ' '.repeat(widths[column]! - lengthOf(lines[line] ?? '')))
      .join('  ')
      .trimEnd(),
  );
}
