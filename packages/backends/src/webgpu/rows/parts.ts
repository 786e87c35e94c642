import { type Column, HalfTensor } from '@scalpel/core/rows';
import type { Tensor } from '@tensorflow/tfjs-core';
import { BLOCK, type Commands } from './commands.ts';

/**
 * A range of one variable: the elements from `start` up to, but without, `end` in the buffers of its part.
 */
export interface Block {
  readonly variable: number;
  readonly start: number;
  readonly end: number;
}

/** The elements of a row, in float32, or in float16 with two elements in each word. */
export interface RowBuffer {
  readonly buffer: GPUBuffer;
  readonly isHalf: boolean;
}

/** The declaration of an array with these elements, and the expression for element `i`. */
export function typeOf({ isHalf }: RowBuffer): string {
  return isHalf ? 'array<u32>' : 'array<f32>';
}
export function elementOf({ isHalf }: RowBuffer, name: string): string {
  return isHalf ? `unpack2x16float(${name}[i >> 1u])[i & 1u]` : `${name}[i]`;
}

/** Variables that one kernel handles at once. */
export interface Part {
  readonly blocks: readonly Block[];
  /** The rows that are present. The others are zeros in all variables of the part. */
  readonly rows: readonly number[];
  /** One for each row that is present. */
  readonly buffers: readonly RowBuffer[];
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
  const rows = [...column.keys()].filter((row) => column[row] !== null);
  return {
    rows,
    buffers: rows.map((row) => bufferOf(commands, column[row]!)),
    blocks: blocksOf(sizeOf(column), variable),
  };
}

export function blocksOf(size: number, variable: number): Block[] {
  return Array.from({ length: Math.ceil(size / BLOCK) }, (_, index) => ({
    variable,
    start: index * BLOCK,
    end: Math.min(size, (index + 1) * BLOCK),
  }));
}

function bufferOf(commands: Commands, tensor: Tensor | HalfTensor): RowBuffer {
  const isHalf = tensor instanceof HalfTensor;
  return { buffer: commands.bufferOf(isHalf ? tensor.words : tensor), isHalf };
}

/** A part that holds copies of the variables, end to end, in one buffer per row. Absent rows are zeros. */
export function packed(commands: Commands, columns: readonly Column[], variables: readonly number[]): Part {
  const blocks: Block[] = [];
  let total = 0;
  for (const variable of variables) {
    const end = total + sizeOf(columns[variable]!);
    blocks.push({ variable, start: total, end });
    // Two elements in float16 share a word.
    total = end + (end % 2);
  }
  const count = columns[variables[0]!]!.length;
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) =>
    variables.some((variable) => columns[variable]![row] !== null),
  );
  const buffers = rows.map((row): RowBuffer => {
    const isHalf = variables.some((variable) => columns[variable]![row] instanceof HalfTensor);
    const bytesOf = (count: number) => (isHalf ? 4 * Math.ceil(count / 2) : 4 * count);
    const buffer = commands.temporary(bytesOf(total));
    for (const { variable, start, end } of blocks) {
      const tensor = columns[variable]![row];
      const bytes = bytesOf(end - start);
      if (tensor) commands.copy(bufferOf(commands, tensor).buffer, 0, buffer, bytesOf(start), bytes);
      else commands.clear(buffer, bytesOf(start), bytes);
    }
    return { buffer, isHalf };
  });
  return { blocks, rows, buffers };
}

export function chunks<Item>(items: readonly Item[], length: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    items.slice(index * length, (index + 1) * length),
  );
}
