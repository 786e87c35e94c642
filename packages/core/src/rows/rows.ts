import * as tf from '@tensorflow/tfjs-core';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { tidied } from '../tidied.ts';
import { byOperations, taken } from './by-operations.ts';
import { type InnerProducts, type Row, type RowKernels, rowKernelsOf } from './kernels.ts';

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

function kernels(): RowKernels {
  return rowKernelsOf(tf.getBackend()) ?? byOperations;
}

function columnsOf(rows: readonly Row[]): (tf.Tensor | null)[][] {
  return (rows[0] ?? []).map((_, variable) => rows.map((row) => row[variable] ?? null));
}

/**
 * All inner products of the rows, the *gram* pass. There is one read-back, which also brings the elements of the `losses`.
 * Each row has one entry per variable.
 * @throws NonFiniteRow
 */
export async function innerProducts(
  rows: readonly Row[],
  losses: readonly tf.Tensor[] = [],
): Promise<InnerProducts> {
  const products = await kernels().gram(columnsOf(rows), losses);
  const isFloat64 = products.precision < 1e-12;
  for (const [row, tensors] of rows.entries()) {
    for (const [variable, tensor] of tensors.entries()) {
      if (tensor === null || tensor.size === 0) continue;
      const square = products.byVariable[variable]!.at(row, row);
      if (isFloat64 && !Number.isFinite(square)) throw new NonFiniteRow(row, variable, products.scalars);
      const isSafe = square >= SAFE_SQUARE.least && square <= SAFE_SQUARE.most;
      if (!isFloat64 && !isSafe) return rescaled(rows, products.scalars);
    }
  }
  return products;
}

/**
 * Scales each row, variable by variable, by a power of two, so that its largest element is near 1. This is
 * exact. The scaling is undone in float64.
 */
async function rescaled(rows: readonly Row[], scalars: readonly number[]): Promise<InnerProducts> {
  const largest = await largestMagnitudes(rows);
  const exponents = largest.map((byVariable, row) =>
    byVariable.map((magnitude, variable) => {
      if (!Number.isFinite(magnitude)) throw new NonFiniteRow(row, variable, scalars);
      // 2^126 is the largest power of two whose inverse is a normal float32.
      return magnitude === 0 ? 0 : Math.max(-126, Math.min(126, Math.floor(Math.log2(magnitude))));
    }),
  );
  const scaled = tidied(() =>
    rows.map((row, index) =>
      row.map((tensor, variable) => tensor && tf.mul(tensor, 2 ** -exponents[index]![variable]!)),
    ),
  );
  let products: InnerProducts;
  try {
    products = await kernels().gram(columnsOf(scaled), []);
  } finally {
    tf.dispose(scaled as tf.Tensor[][]);
  }
  const { byVariable, precision } = products;
  return {
    precision,
    scalars,
    byVariable: byVariable.map((gramian, variable) => {
      const factor = (i: number, j: number) => 2 ** (exponents[i]![variable]! + exponents[j]![variable]!);
      return SymmetricMatrix.from(gramian.size, (i, j) => gramian.at(i, j) * factor(i, j));
    }),
  };
}

/** The largest magnitude of each row in each variable. NaN or Infinity if an element is so. */
async function largestMagnitudes(rows: readonly Row[]): Promise<number[][]> {
  const packed = tf.tidy(() =>
    tf.stack(rows.flatMap((row) => row.map((tensor) => (tensor ? largestMagnitude(tensor) : tf.scalar(0))))),
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
  rows: readonly Row[],
  spent: number,
  coefficients: (variable: number) => readonly (readonly number[])[],
): (tf.Tensor | null)[][] {
  const columns = columnsOf(rows);
  const given = columns.map((column, variable) => ({ column, coefficients: coefficients(variable), spent }));
  let byVariable: (tf.Tensor | null)[][];
  try {
    // If the kernel fails half-way, the tidy frees the tensors made so far.
    byVariable = tidied(() => kernels().map(given));
  } catch (error) {
    tf.dispose(rows.slice(0, spent) as tf.Tensor[][]);
    throw error;
  }
  const results = new Set(byVariable.flat());
  for (const row of rows.slice(0, spent))
    for (const tensor of row) if (!results.has(tensor)) tensor?.dispose();
  return (byVariable[0] ?? []).map((_, result) => byVariable.map((column) => column[result] ?? null));
}
