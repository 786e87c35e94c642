import * as tf from '@tensorflow/tfjs-core';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { tidied } from '../tidied.ts';
import { byOperations, taken } from './by-operations.ts';
import type { HalfTensor } from './half-tensor.ts';
import { type InnerProducts, isHalf, type RowKernels, rowKernelsOf, type StoredRow } from './kernels.ts';

/** The error for a row with an element that is NaN or infinite. */
export class NonFiniteRow extends Error {
  readonly row: number;
  readonly variable: number;
  /** The elements of the losses that were read back with the inner products. */
  readonly scalars: readonly number[];

  constructor(row: number, variable: number, scalars: readonly number[]) {
    super(`Row ${row} is not finite in variable ${variable}.`);
    this.name = 'NonFiniteRow';
    this.row = row;
    this.variable = variable;
    this.scalars = scalars;
  }
}

/**
 * Outside this range of squared lengths, float32 squares lose digits (they vanish below 1e-38). Such rows are
 * rescaled.
 */
const SAFE_SQUARE = { least: 1e-20, most: 1e36 };

/** The kernels of the present backend. */
export function kernels(): RowKernels {
  return rowKernelsOf(tf.getBackend()) ?? byOperations;
}

function columnsOf(rows: readonly StoredRow[]): StoredRow[] {
  return (rows[0] ?? []).map((_, variable) => rows.map((row) => row[variable] ?? null));
}

/**
 * All inner products of the rows, the *gram* pass. There is one read-back, which also brings the elements of
 * the `losses`. Each row has one entry per variable.
 * @throws NonFiniteRow
 */
export async function innerProducts(
  rows: readonly StoredRow[],
  losses: readonly tf.Tensor[] = [],
): Promise<InnerProducts> {
  const unread = rows.flat().filter((tensor) => isHalf(tensor) && !tensor.isRead) as HalfTensor[];
  const read = [...losses, ...unread.map(({ largest }) => largest)];
  const { byVariable, precision, scalars: values } = await kernels().gram(columnsOf(rows), read);
  const scalars = values.slice(0, values.length - unread.length);
  const largest = new Map(unread.map((half, index) => [half, values[scalars.length + index]!]));
  for (const [half, value] of largest) half.setLargest(value);

  const isFloat64 = precision < 1e-12;
  let isSafe = true;
  for (const [row, tensors] of rows.entries()) {
    for (const [variable, tensor] of tensors.entries()) {
      if (tensor === null || tensor.size === 0) continue;
      if (isHalf(tensor)) {
        if (!Number.isFinite(largest.get(tensor) ?? 0)) throw new NonFiniteRow(row, variable, scalars);
        continue;
      }
      const square = byVariable[variable]!.at(row, row);
      if (isFloat64 && !Number.isFinite(square)) throw new NonFiniteRow(row, variable, scalars);
      isSafe &&= isFloat64 || (square >= SAFE_SQUARE.least && square <= SAFE_SQUARE.most);
    }
  }
  if (!isSafe) return rescaled(rows, scalars);
  const exponents = rows.map((row) => row.map(exponentIn));
  return { precision, scalars, byVariable: unscaled(byVariable, exponents) };
}

/** The exponent of the power of two that a stored tensor has been divided by. */
function exponentIn(tensor: StoredRow[0]): number {
  return isHalf(tensor) ? tensor.exponent : 0;
}

/** The inner products of rows, from those of the rows divided by powers of two. */
function unscaled(
  byVariable: readonly SymmetricMatrix[],
  exponents: readonly (readonly number[])[],
): readonly SymmetricMatrix[] {
  if (exponents.flat().every((exponent) => exponent === 0)) return byVariable;
  return byVariable.map((gramian, variable) => {
    const factor = (i: number, j: number) => 2 ** (exponents[i]![variable]! + exponents[j]![variable]!);
    return SymmetricMatrix.from(gramian.size, (i, j) => gramian.at(i, j) * factor(i, j));
  });
}

/**
 * Scales each row, variable by variable, by a power of two, so that its largest element is near 1. This is
 * exact. The scaling is undone in float64.
 */
async function rescaled(rows: readonly StoredRow[], scalars: readonly number[]): Promise<InnerProducts> {
  const largest = await largestMagnitudes(rows);
  const exponents = rows.map((tensors, row) =>
    tensors.map((tensor, variable) => {
      if (isHalf(tensor)) return tensor.exponent;
      const magnitude = largest[row]![variable]!;
      if (!Number.isFinite(magnitude)) throw new NonFiniteRow(row, variable, scalars);
      // 2^126 is the largest power of two whose inverse is a normal float32.
      return magnitude === 0 ? 0 : Math.max(-126, Math.min(126, Math.floor(Math.log2(magnitude))));
    }),
  );
  const made: tf.Tensor[] = [];
  const scaled = tidied(() =>
    rows.map((row, index) =>
      row.map((tensor, variable) => {
        if (!tensor || isHalf(tensor)) return tensor;
        made.push(tf.mul(tensor, 2 ** -exponents[index]![variable]!));
        return made.at(-1)!;
      }),
    ),
  );
  try {
    const { byVariable, precision } = await kernels().gram(columnsOf(scaled), []);
    return { precision, scalars, byVariable: unscaled(byVariable, exponents) };
  } finally {
    tf.dispose(made);
  }
}

/**
 * The largest magnitude of each row in each variable. NaN or Infinity if an element is so. 0 for what is stored
 * in float16.
 */
async function largestMagnitudes(rows: readonly StoredRow[]): Promise<number[][]> {
  const packed = tf.tidy(() =>
    tf.stack(
      rows.flatMap((row) =>
        row.map((tensor) => (tensor instanceof tf.Tensor ? largestMagnitude(tensor) : tf.scalar(0))),
      ),
    ),
  );
  const values = await taken(packed);
  const width = rows[0]?.length ?? 0;
  return rows.map((_, index) => [...values.slice(index * width, (index + 1) * width)]);
}

/** max |x|, or NaN. Backends differ in how a maximum treats NaN, but 0·NaN and 0·∞ are NaN on all of them. */
function largestMagnitude(tensor: tf.Tensor): tf.Scalar {
  if (tensor.size === 0) return tf.scalar(0);
  return tf.add(tf.max(tf.abs(tensor)), tf.sum(tf.mul(tensor, 0)));
}

/**
 * Combinations Σ coefficient · row, which read the rows only once: the *map* pass. For each variable,
 * `coefficients` gives one list per result, with one coefficient per row. The first `spent` rows are used up:
 * results take over their tensors, and the rest of them is disposed of. The results, one row each, belong to
 * the caller.
 */
export function combinations(
  rows: readonly StoredRow[],
  spent: number,
  coefficients: (variable: number) => readonly (readonly number[])[],
): (tf.Tensor | null)[][] {
  const columns = columnsOf(rows);
  const given = columns.map((column, variable) => {
    const factors = column.map((tensor) => 2 ** exponentIn(tensor));
    const lists = coefficients(variable).map((list) => list.map((c, row) => c * factors[row]!));
    return { column, coefficients: lists, spent };
  });
  let byVariable: (tf.Tensor | null)[][];
  try {
    // If the kernel fails half-way, the tidy frees the tensors made so far.
    byVariable = tidied(() => kernels().map(given));
  } catch (error) {
    tf.dispose(rows.slice(0, spent) as tf.Tensor[][]);
    throw error;
  }
  const results = new Set<StoredRow[0]>(byVariable.flat());
  for (const row of rows.slice(0, spent))
    for (const tensor of row) if (!results.has(tensor)) tensor?.dispose();
  return (byVariable[0] ?? []).map((_, result) => byVariable.map((column) => column[result] ?? null));
}
