import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { functionsOf } from './modules/functions.ts';

/**
 * A matrix in WebAssembly memory: the address of its first element in bytes, and the distances between rows
 * and between columns in elements.
 */
export interface Matrix {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** The sizes of a product: [rows, inner] times [inner, columns]. */
export interface Sizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Writes a · b to the [rows, columns] floats at `to`, or adds it to them with `accumulate`. `inner` must not
 * be 0.
 */
export function multiply(
  a: Matrix,
  b: Matrix,
  to: number,
  { rows, inner, columns }: Sizes,
  backend: BackendWasm,
  accumulate = false,
): void {
  const functions = functionsOf(backend);
  functions.multiply(
    a.address,
    4 * a.row,
    4 * a.column,
    b.address,
    4 * b.row,
    4 * b.column,
    to,
    4 * columns,
    rows,
    columns,
    inner,
    accumulate,
    functions.scratch,
  );
}

/** A matrix whose rows of `columns` elements follow each other without gaps. */
export function packed(address: number, columns: number): Matrix {
  return { address, row: columns, column: 1 };
}

export function transposed({ address, row, column }: Matrix): Matrix {
  return { address, row: column, column: row };
}
