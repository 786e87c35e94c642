/** A table whose cells are text, for every output format. */
export interface Table {
  /** Null if the heading above already names the table. */
  readonly title: string | null;
  readonly columns: readonly Column[];
  /** Sentences on the basis of the numbers. */
  readonly basis: readonly string[];
}

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** The order in which columns leave a table that is too wide: the highest first, 0 never. */
  readonly spare: number;
  /** The cells, from top to bottom. */
  readonly cells: readonly string[];
  /** The meaning of the column, if its head does not explain it. */
  readonly note?: string;
}

/** The text of an empty cell. */
export const NOTHING = '–';

/** The cells of the columns, row by row. */
export function rowsOf(columns: readonly Column[]): readonly (readonly string[])[] {
  return columns[0]!.cells.map((_, row) => columns.map(({ cells }) => cells[row]!));
}

/** Makes the text below a table that shows some of its columns. */
export type Notes = (table: Table, shown: readonly Column[]) => string;

/**
 * Notes on the basis of each table and the meaning of its columns. A note that an earlier table had is not
 * repeated.
 */
export function notesOnce(): Notes {
  const said = new Set<string>();
  return ({ basis }, shown) => {
    const news = shown.flatMap(({ note }) => (note !== undefined && !said.has(note) ? [note] : []));
    for (const note of news) said.add(note);
    return [...basis, ...news].join(' ');
  };
}
