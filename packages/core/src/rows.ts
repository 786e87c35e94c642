import * as tf from '@tensorflow/tfjs-core';
import { SymmetricMatrix } from './symmetric-matrix.ts';

/** A gradient-sized vector as a list of one tensor per variable; null stands for zeros. */
export type Row = readonly (tf.Tensor | null)[];

/** The *gram* pass: inner products of rows, variable by variable. */
export interface InnerProducts {
  /** One Gramian per variable; sum those over which the rows are compared. */
  readonly byVariable: readonly SymmetricMatrix[];
  /** Relative error of an inner product. */
  readonly precision: number;
  /** Values of the scalars that were read back along with them. */
  readonly scalars: readonly number[];
}

/** A row has an element that is NaN or infinite. */
export class NonFiniteRow extends Error {
  readonly row: number;
  readonly variable: number;
  /** What was read back along with the inner products. */
  readonly scalars: readonly number[];

  constructor(row: number, variable: number, scalars: readonly number[]) {
    super(`Row ${row} is not finite in variable ${variable}.`);
    this.name = 'NonFiniteRow';
    this.row = row;
    this.variable = variable;
    this.scalars = scalars;
  }
}

/** Up to this many elements, a variable's gradients are read back and multiplied in float64 on the host. */
const HOST_ELEMENTS = 4096;
/** Elements summed in float32 before the sum goes on in float64: bounds the rounding error whatever the length. */
const BLOCK = 1024;
/** Squared lengths outside this range lose digits in float32 squares (which vanish below 1e-38): rows are rescaled. */
const SAFE_SQUARE = { least: 1e-20, most: 1e36 };

/**
 * All inner products of the rows with one read-back, in which `scalars` travel along. `sizes` are the numbers of
 * elements of the variables. Throws `NonFiniteRow`.
 */
export async function innerProducts(
  rows: readonly Row[],
  sizes: readonly number[],
  scalars: readonly tf.Scalar[] = [],
): Promise<InnerProducts> {
  const first = await products(rows, sizes, scalars);
  const unsafe = rows.some((row, index) =>
    row.some((tensor, variable) => {
      if (tensor === null) return false;
      const square = first.byVariable[variable]!.at(index, index);
      const vanishes = square < SAFE_SQUARE.least && sizes[variable]! > HOST_ELEMENTS;
      return vanishes || !(square <= SAFE_SQUARE.most);
    }),
  );
  return unsafe ? rescaled(rows, sizes, first.scalars) : first;
}

async function products(
  rows: readonly Row[],
  sizes: readonly number[],
  scalars: readonly tf.Scalar[],
): Promise<InnerProducts> {
  const packed = tf.tidy((): tf.Tensor1D => {
    const parts: tf.Tensor1D[] = scalars.map((scalar) => tf.reshape(scalar, [1]));
    for (const [variable, size] of sizes.entries()) {
      const column = rows.map((row) => row[variable] ?? null);
      if (size <= HOST_ELEMENTS) parts.push(...column.flatMap((tensor) => (tensor ? [flat(tensor)] : [])));
      else parts.push(...pairs(column).map(([, , a, b]) => blockSums(a, b)));
    }
    return parts.length === 0 ? tf.zeros([0]) : tf.concat1d(parts);
  });
  const values = (await packed.data()) as Float32Array;
  packed.dispose();
  return unpack(values, rows, sizes, scalars.length);
}

function unpack(
  values: Float32Array,
  rows: readonly Row[],
  sizes: readonly number[],
  scalars: number,
): InnerProducts {
  let position = scalars;
  const take = (length: number) => {
    position += length;
    return values.subarray(position - length, position);
  };
  const byVariable = sizes.map((size, variable) => {
    const column = rows.map((row) => row[variable] ?? null);
    if (size <= HOST_ELEMENTS) {
      const vectors = column.map((tensor) => (tensor ? take(size) : new Float32Array(size)));
      return SymmetricMatrix.gramian(vectors);
    }
    const entries = pairs(column).map(([i, j]) => [i, j, sum(take(Math.ceil(size / BLOCK)))] as const);
    const byPair = new Map(entries.map(([i, j, value]) => [i * rows.length + j, value]));
    return SymmetricMatrix.from(rows.length, (i, j) => byPair.get(i * rows.length + j) ?? 0);
  });
  const onDevice = sizes.some((size) => size > HOST_ELEMENTS);
  return { byVariable, precision: onDevice ? 1e-7 : 1e-16, scalars: [...values.subarray(0, scalars)] };
}

/**
 * Scales each row, variable by variable, by a power of two, which is exact, so that its largest element is near 1, and
 * undoes it in float64.
 */
async function rescaled(
  rows: readonly Row[],
  sizes: readonly number[],
  scalars: readonly number[],
): Promise<InnerProducts> {
  const largest = await largestMagnitudes(rows);
  const exponents = largest.map((byVariable, row) =>
    byVariable.map((magnitude, variable) => {
      if (!Number.isFinite(magnitude)) throw new NonFiniteRow(row, variable, scalars);
      // 2^126 is the largest power of two whose inverse is a normal float32.
      return magnitude === 0 ? 0 : Math.max(-126, Math.min(126, Math.floor(Math.log2(magnitude))));
    }),
  );
  const scaled = rows.map((row, index) =>
    row.map((tensor, variable) => tensor && times(tensor, 2 ** -exponents[index]![variable]!)),
  );
  const { byVariable, precision } = await products(scaled, sizes, []);
  for (const row of scaled) for (const tensor of row) tensor?.dispose();
  return {
    precision,
    scalars,
    byVariable: byVariable.map((gramian, variable) => {
      const factor = (i: number, j: number) => 2 ** (exponents[i]![variable]! + exponents[j]![variable]!);
      return SymmetricMatrix.from(gramian.size, (i, j) => gramian.at(i, j) * factor(i, j));
    }),
  };
}

/** Largest magnitude of each row in each variable: NaN or Infinity where an element is. */
async function largestMagnitudes(rows: readonly Row[]): Promise<number[][]> {
  const packed = tf.tidy(() =>
    tf.stack(rows.flatMap((row) => row.map((tensor) => (tensor ? largestMagnitude(tensor) : tf.scalar(0))))),
  );
  const values = await packed.data();
  packed.dispose();
  const width = rows[0]?.length ?? 0;
  return rows.map((_, index) => [...values.slice(index * width, (index + 1) * width)]);
}

/** max |x|, or NaN: backends differ in whether a maximum sees NaN, but 0·NaN and 0·∞ are NaN on all of them. */
function largestMagnitude(tensor: tf.Tensor): tf.Scalar {
  if (tensor.size === 0) return tf.scalar(0);
  return tf.add(tf.max(tf.abs(tensor)), tf.sum(tf.mul(tensor, 0))) as tf.Scalar;
}

function pairs(column: Row): (readonly [number, number, tf.Tensor, tf.Tensor])[] {
  return column.flatMap((a, i) =>
    column.slice(i).flatMap((b, offset) => (a && b ? [[i, i + offset, a, b] as const] : [])),
  );
}

/** Sums of the element-wise product over blocks of `BLOCK` elements, the last one filled up with zeros. */
function blockSums(a: tf.Tensor, b: tf.Tensor): tf.Tensor1D {
  const product = flat(tf.mul(a, b));
  const blocks = Math.ceil(product.size / BLOCK);
  const missing = blocks * BLOCK - product.size;
  const filled = missing === 0 ? product : tf.pad1d(product, [0, missing]);
  return tf.sum(tf.reshape(filled, [blocks, BLOCK]), 1);
}

function flat(tensor: tf.Tensor): tf.Tensor1D {
  return tf.reshape(tensor, [tensor.size]);
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * The *map* pass for one output row: Σ coefficient · row, one tensor per variable that belongs to the caller.
 * `coefficients` may differ from variable to variable (groups). Zero coefficients cost nothing; null stays null.
 */
export function combination(
  rows: readonly Row[],
  coefficients: (variable: number) => readonly number[],
  variables: number,
): (tf.Tensor | null)[] {
  return Array.from({ length: variables }, (_, variable) => {
    const terms = rows.flatMap((row, index) => {
      const coefficient = coefficients(variable)[index]!;
      const tensor = row[variable] ?? null;
      return tensor === null || coefficient === 0 ? [] : [[coefficient, tensor] as const];
    });
    if (terms.length === 0) return null;
    return tf.tidy(() =>
      terms.map(([coefficient, tensor]) => times(tensor, coefficient)).reduce((a, b) => tf.add(a, b)),
    );
  });
}

function times(tensor: tf.Tensor, factor: number): tf.Tensor {
  return tf.tidy(() => (factor === 1 ? tf.clone(tensor) : tf.mul(tensor, factor)));
}
