import * as tf from '@tensorflow/tfjs-core';
import { byOperations } from '../rows/by-operations.ts';
import { type Column, type RowKernels, rowKernelsOf } from '../rows/kernels.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { tidied } from '../tidied.ts';
import type { ExampleGradients, ExamplesOfVariables } from './gradients.ts';
import { factorsOf, innerProducts } from './products.ts';

/** Consecutive rows of a step, with their gradients: those of the examples of a loss, or a single row. */
export interface Block extends ExamplesOfVariables {
  /** The position of its first row. */
  readonly first: number;
  readonly count: number;
}

export interface Tables {
  /** The inner products of all rows, for each of the variables asked for. */
  readonly byVariable: SymmetricMatrix[];
  /** The elements of the losses. */
  readonly values: readonly number[];
  /** The relative error of an inner product. */
  readonly precision: number;
}

/** The relative error of inner products from products of matrices in float32. */
const FLOAT32 = 1e-6;

/** Products that the host computes in a few milliseconds. */
const ON_HOST = 2 ** 22;

/** A part of a block: its gradients with respect to one variable. */
interface Part {
  readonly first: number;
  readonly count: number;
  readonly gradients: ExampleGradients;
}

/**
 * Parts whose inner products are those of vectors, or the products of several of them: the kernels for rows
 * compute them in float64.
 */
interface Exact {
  readonly index: number;
  readonly parts: readonly Part[];
  /** For each factor, the vectors of all parts. */
  readonly columns: readonly (readonly tf.Tensor[])[];
}

/** Inner products of all blocks for these variables. There is one read-back. */
export async function tables(
  blocks: readonly Block[],
  losses: readonly tf.Tensor[],
  variables: readonly number[],
): Promise<Tables> {
  const own = rowKernelsOf(tf.getBackend());
  const kernels = own?.isExact ? own : byOperations;
  const { exact, others, packed } = tidied(() => started(kernels, blocks, variables));
  const tensors = exact.flatMap(({ columns }) => columns.flat());
  try {
    const columns = exact.flatMap((one) => one.columns as readonly Column[]);
    const { byVariable: products, scalars, precision } = await kernels.gram(columns, [...losses, packed]);
    const last = blocks.at(-1)!;
    const size = last.first + last.count;
    const entries = variables.map(() => new Float64Array(size * size));
    let column = 0;
    for (const { index, parts, columns: factors } of exact) {
      const matrices = products.slice(column, column + factors.length);
      column += factors.length;
      const positions = parts.flatMap(({ first, count }) =>
        Array.from({ length: count }, (_, i) => first + i),
      );
      for (const [i, row] of positions.entries()) {
        for (const [j, other] of positions.entries())
          entries[index]![row * size + other] = matrices.reduce(
            (product, matrix) => product * matrix.at(i, j),
            1,
          );
      }
    }
    let position = losses.reduce((sum, loss) => sum + loss.size, 0);
    const values = scalars.slice(0, position);
    for (const { index, one, other } of others) {
      for (let i = one.first; i < one.first + one.count; i++) {
        for (let j = other.first; j < other.first + other.count; j++)
          entries[index]![i * size + j] = scalars[position++]!;
      }
    }
    return {
      values,
      byVariable: entries.map((found) => SymmetricMatrix.from(size, (i, j) => found[i * size + j]!)),
      precision: others.length === 0 ? precision : FLOAT32,
    };
  } finally {
    tf.dispose([...tensors, packed]);
  }
}

/** Chooses what is computed how, and computes on the device what the kernels for rows are not for. */
function started(kernels: RowKernels, blocks: readonly Block[], variables: readonly number[]) {
  const exact: Exact[] = [];
  const others: { readonly index: number; readonly one: Part; readonly other: Part }[] = [];
  for (const [index, variable] of variables.entries()) {
    const parts = blocks.flatMap(({ first, count, gradients }): Part[] => {
      const own = gradients[variable];
      return own ? [{ first, count, gradients: own }] : [];
    });
    const group = new Map(parts.map((part) => [part, exactKind(kernels, part, parts)]));
    for (const kind of new Set(group.values())) {
      if (kind === null) continue;
      const own = parts.filter((part) => group.get(part) === kind);
      const factors = own.map(({ gradients }) => factorsOf(gradients)!);
      const columns = factors[0]!.map((_, factor) => factors.flatMap((part) => tf.unstack(part[factor]!)));
      exact.push({ index, parts: own, columns });
    }
    for (const [b, one] of parts.entries()) {
      for (const other of parts.slice(b))
        if (group.get(one) === null || group.get(one) !== group.get(other))
          others.push({ index, one, other });
    }
  }
  const found = others.map(({ one, other }) =>
    tf.reshape(innerProducts(one.gradients, other.gradients), [-1]),
  );
  return { exact, others, packed: found.length === 0 ? tf.zeros([0]) : tf.concat(found) };
}

/** The kind of factors of a part, if the kernels for rows are to multiply them. Otherwise null. */
function exactKind(kernels: RowKernels, { gradients }: Part, parts: readonly Part[]): string | null {
  const factors = factorsOf(gradients);
  if (factors === null) return null;
  const rows = parts.reduce((sum, { count }) => sum + count, 0);
  const elements = factors.reduce((sum, factor) => sum + factor.shape[1]!, 0);
  if (!kernels.isExact && rows * rows * elements > ON_HOST) return null;
  return String(factors.map((factor) => factor.shape[1]));
}
