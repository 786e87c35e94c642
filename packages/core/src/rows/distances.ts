import * as tf from '@tensorflow/tfjs-core';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { Row } from './kernels.ts';
import { innerProducts } from './rows.ts';

/**
 * Below this part of the squares of two rows, their squared distance has lost digits in the difference of
 * inner products.
 */
const NEAR = 1 / 16;

/**
 * Squared distances between rows, variable by variable, given their inner products: from these, or, of rows
 * near each other, from the difference itself.
 * @throws NonFiniteRow
 */
export async function squaredDistances(
  rows: readonly Row[],
  byVariable: readonly SymmetricMatrix[],
): Promise<readonly SymmetricMatrix[]> {
  const exact = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    // Those of one row at a time, so that no more tensors are in memory than the rows have.
    const near = byVariable.flatMap((gramian, variable) =>
      rows.flatMap((_, j) => (j > i && isNear(gramian, i, j) ? [{ variable, j }] : [])),
    );
    if (near.length === 0) continue;
    const differences = near.map(({ variable, j }) => tf.sub(row[variable]!, rows[j]![variable]!));
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

function fromProducts(gramian: SymmetricMatrix, i: number, j: number): number {
  return i === j ? 0 : gramian.at(i, i) + gramian.at(j, j) - 2 * gramian.at(i, j);
}

/** Never where one of the rows is zero. */
function isNear(gramian: SymmetricMatrix, i: number, j: number): boolean {
  return fromProducts(gramian, i, j) < NEAR * (gramian.at(i, i) + gramian.at(j, j));
}
