import type { Leaderboard } from '../leaderboard/index.ts';
import { escapeMarkdown, visible, visibleLine } from '../text/index.ts';
import { effortOf, placesOf } from './machines.ts';
import { meanRanksTable } from './mean-ranks.ts';
import { type Column, NOTHING, notesOnce, rowsOf, type Table } from './table.ts';
import { tablesOf } from './tables.ts';
import { troubleLines } from './troubles.ts';

/** All of it, for other programs. */
export function renderJson(leaderboard: Leaderboard): string {
  return `${visible(JSON.stringify(leaderboard, null, 2))}\n`;
}

/** Tables that fit `width` columns: what matters least is left out first. */
export function renderText(leaderboard: Leaderboard, width: number): string {
  const { suite, boards, meanRanks } = leaderboard;
  const notes = notesOnce();
  const sections = boards.map((board) =>
    [
      visibleLine(board.title),
      ...tablesOf(board).map((table) => textTable(table, width, notes)),
      ...troubleLines(board.troubles).map((line) => wrap(`! ${line}`, width).join('\n')),
    ].join('\n\n'),
  );
  return visible(
    [
      wrap(`${suite.title}: ${suite.summary}`, width).join('\n'),
      ...sections,
      ...meanRanks.map((ranks) => textTable(meanRanksTable(ranks), width, notes)),
      ...placesOf(leaderboard).map((place) => wrap(place, width).join('\n')),
    ]
      .join('\n\n')
      .concat('\n'),
  );
}

/** Tables for a page in a repository. */
export function renderMarkdown(leaderboard: Leaderboard): string {
  const { suite, boards, meanRanks } = leaderboard;
  const notes = notesOnce();
  const sections = boards.flatMap((board) => [
    `## ${escapeMarkdown(board.title)}`,
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
  const places = placesOf(leaderboard).map((place) => `- ${escapeMarkdown(place)}`);
  return [
    `# ${escapeMarkdown(suite.title)}`,
    escapeMarkdown(suite.summary),
    ...sections,
    ...meanRanks.flatMap((ranks) => markdownTable(meanRanksTable(ranks), '##', notes)),
    '## Where it ran',
    places.join('\n') || 'Nowhere yet.',
  ]
    .join('\n\n')
    .concat('\n');
}

/** A suite with more boards than that has its tables on its own page alone. */
const FEW = 4;

/** What matters most of several leaderboards, each with links to all of it: `folder` is where `<suite>.md` and `<suite>.html` lie. */
export function renderOverview(leaderboards: readonly Leaderboard[], folder: string): string {
  const notes = notesOnce();
  const sections = leaderboards.flatMap((leaderboard) => {
    const { suite, boards, meanRanks } = leaderboard;
    const { id, title, summary } = suite;
    return [
      `## ${escapeMarkdown(title)}`,
      `${escapeMarkdown(summary)} [All of it](${folder}/${id}.md), [a page with the plots](${folder}/${id}.html). ${effortOf(leaderboard)}.`,
      ...(boards.length > FEW ? [] : boards).flatMap((board) => [
        `### ${escapeMarkdown(board.title)}`,
        ...tablesOf(board).flatMap((table) => markdownTable(essential(table), '####', notes)),
      ]),
      ...meanRanks.flatMap((ranks) => markdownTable(meanRanksTable(ranks), '###', notes)),
    ];
  });
  return ['# Leaderboard', entrance(leaderboards), ...sections].join('\n\n').concat('\n');
}

/** A line for each suite and board: who is first, and who is surely ahead of plain mixing or behind it. */
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
  ].join('\n');
}

/** Of a heading, as GitHub makes them. */
function anchorTo(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Columns that also a narrow table keeps. */
function essential(table: Table): Table {
  return { ...table, columns: table.columns.filter(({ spare }) => spare <= 3) };
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
    ...(table.title === null ? [] : [visibleLine(table.title), '']),
    line(columns.map(({ head }) => head)),
    line(wide.map((own) => '─'.repeat(own))),
    ...rowsOf(columns).map(line),
    ...(below === '' ? [] : ['', ...wrap(below, width)]),
  ].join('\n');
}

/** A cell of a table in text has one line, as wide as it looks. */
function onLines(column: Column): Column {
  return { ...column, head: visibleLine(column.head), cells: column.cells.map(visibleLine) };
}

function markdownTable(table: Table, level: string, notes: Notes): string[] {
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
