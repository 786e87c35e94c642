import * as tf from '@tensorflow/tfjs-core';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { Combination, InnerProducts, RowKernels } from './kernels.ts';

/** There is nothing in float16: operations cannot make it. */
type TensorColumn = readonly (tf.Tensor | null)[];

/**
 * The tensors of a variable with at most this many elements are read back and multiplied in float64 on the
 * host.
 */
const HOST_ELEMENTS = 4096;
/**
 * The number of elements that are summed in float32 before the sum goes on in float64. It limits the rounding
 * error for tensors of any length.
 */
const BLOCK = 1024;

/** The passes as TensorFlow.js operations, for any backend. */
export const byOperations: RowKernels = {
  async gram(given, losses) {
    const columns = given as readonly TensorColumn[];
    const packed = tf.tidy((): tf.Tensor1D => {
      const parts: tf.Tensor1D[] = losses.map(flat);
      for (const column of columns) {
        if (isOnHost(column)) parts.push(...column.flatMap((tensor) => (tensor ? [flat(tensor)] : [])));
        else parts.push(...pairs(column).map(([, , a, b]) => blockSums(a, b)));
      }
      return parts.length === 0 ? tf.zeros([0]) : tf.concat1d(parts);
    });
    const values = await taken(packed);
    return unpack(values, columns, elementsOf(losses));
  },
  map: (combinations) => combinations.map(combined),
};

/** The values of the tensor. It is disposed of even if they cannot be read. */
export async function taken(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return (await tensor.data()) as Float32Array;
  } finally {
    tensor.dispose();
  }
}

function isOnHost(column: TensorColumn): boolean {
  return column.every((tensor) => tensor === null || tensor.size <= HOST_ELEMENTS);
}

function unpack(values: Float32Array, columns: readonly TensorColumn[], scalars: number): InnerProducts {
  let position = scalars;
  const take = (length: number) => {
    position += length;
    return values.subarray(position - length, position);
  };
  const byVariable = columns.map((column) => {
    const size = column.length;
    if (isOnHost(column)) {
      const zeros = new Float32Array(column.find((tensor) => tensor !== null)?.size ?? 0);
      return SymmetricMatrix.gramian(column.map((tensor) => (tensor ? take(tensor.size) : zeros)));
    }
    const entries = pairs(column).map(([i, j, { size: length }]) => {
      return [i * size + j, sum(take(Math.ceil(length / BLOCK)))] as const;
    });
    const byPair = new Map(entries);
    return SymmetricMatrix.from(size, (i, j) => byPair.get(i * size + j) ?? 0);
  });
  return {
    byVariable,
    precision: columns.every(isOnHost) ? 1e-16 : 1e-7,
    scalars: [...values.subarray(0, scalars)],
  };
}

function pairs(column: TensorColumn): (readonly [number, number, tf.Tensor, tf.Tensor])[] {
  return column.flatMap((a, i) =>
    column.slice(i).flatMap((b, offset) => (a && b ? [[i, i + offset, a, b] as const] : [])),
  );
}

/** Sums of the element-wise product over blocks of `BLOCK` elements. The last block is padded with zeros. */
function blockSums(a: tf.Tensor, b: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => {
    const product = flat(tf.mul(a, b));
    const blocks = Math.ceil(product.size / BLOCK);
    const missing = blocks * BLOCK - product.size;
    const filled = missing === 0 ? product : tf.pad1d(product, [0, missing]);
    return tf.sum(tf.reshape(filled, [blocks, BLOCK]), 1);
  });
}

/** The number of elements of all tensors. */
function elementsOf(tensors: readonly tf.Tensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}

function flat(tensor: tf.Tensor): tf.Tensor1D {
  return tf.reshape(tensor, [tensor.size]);
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function combined({ column: given, coefficients, spent }: Combination): (tf.Tensor | null)[] {
  const column = given as TensorColumn;
  const results = coefficients.map((list) => {
    const terms = column.flatMap((tensor, row) =>
      tensor === null || list[row] === 0 ? [] : [[list[row]!, tensor] as const],
    );
    return terms.reduce<tf.Tensor | null>((sum, [coefficient, tensor]) => {
      const next = tf.tidy(() => {
        const term = coefficient === 1 ? tf.clone(tensor) : tf.mul(tensor, coefficient);
        return sum === null ? term : tf.add(sum, term);
      });
      sum?.dispose();
      return next;
    }, null);
  });
  tf.dispose(column.slice(0, spent) as tf.Tensor[]);
  return results;
}
