/** A table with its cells as text, for every way of printing it. */
export interface Table {
  /** Null where the heading above says it. */
  readonly title: string | null;
  readonly columns: readonly Column[];
  /** Sentences on what the numbers rest on. */
  readonly basis: readonly string[];
}

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Left out of a table that is too wide, the highest first; 0: never. */
  readonly spare: number;
  /** From top to bottom. */
  readonly cells: readonly string[];
  /** What the column means, where its head does not say. */
  readonly note?: string;
}

/** Stands where there is nothing to show. */
export const NOTHING = '–';

export function rowsOf(columns: readonly Column[]): readonly (readonly string[])[] {
  return columns[0]!.cells.map((_, row) => columns.map(({ cells }) => cells[row]!));
}

/** The text below a table of which some columns are shown. */
export type Notes = (table: Table, shown: readonly Column[]) => string;

/** The basis of each table, and what its columns mean, without what was said of an earlier one. */
export function notesOnce(): Notes {
  const said = new Set<string>();
  return ({ basis }, shown) => {
    const news = shown.flatMap(({ note }) => (note !== undefined && !said.has(note) ? [note] : []));
    for (const note of news) said.add(note);
    return [...basis, ...news].join(' ');
  };
}
