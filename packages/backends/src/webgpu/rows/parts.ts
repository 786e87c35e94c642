import type { Column } from '@scalpel/core/rows';
import { BLOCK, type Commands } from './commands.ts';

/**
 * A range of one variable: the elements from `start` up to, but without, `end` in the buffers of its part.
 */
export interface Block {
  readonly variable: number;
  readonly start: number;
  readonly end: number;
}

/** Variables that one kernel handles at once. */
export interface Part {
  readonly blocks: readonly Block[];
  /** The rows that are present. The others are zeros in all variables of the part. */
  readonly rows: readonly number[];
  /** One buffer per row that is present. */
  readonly buffers: readonly GPUBuffer[];
}

export function sizeOf(column: Column): number {
  return column.find((tensor) => tensor !== null)?.size ?? 0;
}

/**
 * Variables of more than one block are handled one by one, and all others together. A dispatch for each small
 * variable would cost more than its work.
 */
export function split(columns: readonly Column[]): { readonly large: number[]; readonly small: number[] } {
  const filled = [...columns.keys()].filter((variable) => sizeOf(columns[variable]!) > 0);
  return {
    large: filled.filter((variable) => sizeOf(columns[variable]!) > BLOCK),
    small: filled.filter((variable) => sizeOf(columns[variable]!) <= BLOCK),
  };
}

/** A part that holds one variable, in its own buffers. */
export function partOf(commands: Commands, column: Column, variable: number): Part {
  const size = sizeOf(column);
  const rows = [...column.keys()].filter((row) => column[row] !== null);
  return {
    rows,
    buffers: rows.map((row) => commands.bufferOf(column[row]!)),
    blocks: Array.from({ length: Math.ceil(size / BLOCK) }, (_, index) => ({
      variable,
      start: index * BLOCK,
      end: Math.min(size, (index + 1) * BLOCK),
    })),
  };
}

/** A part that holds copies of the variables, end to end, in one buffer per row. Absent rows are zeros. */
export function packed(commands: Commands, columns: readonly Column[], variables: readonly number[]): Part {
  const blocks: Block[] = [];
  let total = 0;
  for (const variable of variables) {
    const end = total + sizeOf(columns[variable]!);
    blocks.push({ variable, start: total, end });
    total = end;
  }
  const count = columns[variables[0]!]!.length;
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) =>
    variables.some((variable) => columns[variable]![row] !== null),
  );
  const buffers = rows.map((row) => {
    const buffer = commands.temporary(4 * total);
    for (const { variable, start, end } of blocks) {
      const tensor = columns[variable]![row];
      const bytes = 4 * (end - start);
      if (tensor) commands.copy(commands.bufferOf(tensor), 0, buffer, 4 * start, bytes);
      else commands.clear(buffer, 4 * start, bytes);
    }
    return buffer;
  });
  return { blocks, rows, buffers };
}

export function chunks<Item>(items: readonly Item[], length: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    items.slice(index * length, (index + 1) * length),
  );
}
