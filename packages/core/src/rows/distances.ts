import * as tf from '@tensorflow/tfjs-core';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { HalfTensor } from './half-tensor.ts';
import type { StoredRow } from './kernels.ts';
import { combinations, innerProducts } from './rows.ts';

/**
 * If a squared distance is below this fraction of the squares of the two rows, the difference of inner
 * products has lost digits.
 */
const NEAR = 1 / 16;

/**
 * Squared distances between rows, variable by variable. They come from the given inner products, or, for rows
 * near each other, from the difference itself.
 * @throws NonFiniteRow
 */
export async function squaredDistances(
  rows: readonly StoredRow[],
  byVariable: readonly SymmetricMatrix[],
): Promise<readonly SymmetricMatrix[]> {
  const exact = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    // One row at a time, so that memory never holds more difference tensors than the rows have tensors.
    const near = byVariable.flatMap((gramian, variable) =>
      rows.flatMap((_, j) => (j > i && isNear(gramian, i, j) ? [{ variable, j }] : [])),
    );
    if (near.length === 0) continue;
    const differences = near.map(({ variable, j }) => difference(row[variable]!, rows[j]![variable]!));
    try {
      const squares = await innerProducts([differences]);
      for (const [index, { variable, j }] of near.entries()) {
        exact.set(`${variable} ${i} ${j}`, squares.byVariable[index]!.at(0, 0));
      }
    } finally {
      tf.dispose(differences);
    }
  }
  return byVariable.map((gramian, variable) =>
    SymmetricMatrix.from(
      rows.length,
      (i, j) => exact.get(`${variable} ${i} ${j}`) ?? fromProducts(gramian, i, j),
    ),
  );
}

function difference(a: tf.Tensor | HalfTensor, b: tf.Tensor | HalfTensor): tf.Tensor {
  if (a instanceof tf.Tensor && b instanceof tf.Tensor) return tf.sub(a, b);
  return combinations([[a], [b]], 0, () => [[1, -1]])[0]![0]!;
}

function fromProducts(gramian: SymmetricMatrix, i: number, j: number): number {
  return i === j ? 0 : gramian.at(i, i) + gramian.at(j, j) - 2 * gramian.at(i, j);
}

/** True if two rows are near each other. False if one of them is zero. */
function isNear(gramian: SymmetricMatrix, i: number, j: number): boolean {
  return fromProducts(gramian, i, j) < NEAR * (gramian.at(i, i) + gramian.at(j, j));
}
