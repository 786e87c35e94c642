import * as tf from '@tensorflow/tfjs-core';
import { rowSums, weightedPass } from '../direction/backward.ts';
import { streamedGradients } from '../direction/streamed-gradients.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { combinations } from '../rows/rows.ts';
import type { VariableGradients } from '../tape/tape.ts';
import { tidied } from '../tidied.ts';

/** Some rows that are in memory together, with their positions among all. */
export interface Together {
  readonly rows: readonly Row[];
  readonly positions: readonly number[];
}

/** The rows of a Jacobian, times the weights of a forward pass. */
export interface RowSource {
  /** Brings each two rows into memory together at least once. The source owns them. */
  together(forward: Forward): Iterable<Together>;
  /** The caller owns the tensors. */
  row(forward: Forward, position: number): Row;
  /** Σ coefficient · row for each variable. The caller owns the tensors. */
  combination(forward: Forward, coefficients: (variable: number) => readonly number[]): Row;
  /** The rows of one variable after the other. The caller owns the tensors. */
  columns(forward: Forward): Iterable<VariableGradients>;
  dispose(): void;
}

/** Rows that are kept in memory, without weights. */
export function keptRows(kept: readonly Row[]): RowSource {
  for (const row of kept) for (const tensor of row) if (tensor) tf.keep(tensor);
  const positions = [...kept.keys()];
  const times = (tensor: tf.Tensor | null, weight: number) =>
    tensor && (weight === 1 ? tf.clone(tensor) : tf.mul(tensor, weight));
  return {
    *together({ weights }) {
      if (weights.every((weight) => weight === 1)) return yield { rows: kept, positions };
      const rows = tidied(() => kept.map((row, k) => row.map((tensor) => times(tensor, weights[k]!))));
      try {
        yield { rows, positions };
      } finally {
        tf.dispose(rows as tf.Tensor[][]);
      }
    },
    row: ({ weights }, position) =>
      tidied(() => kept[position]!.map((tensor) => times(tensor, weights[position]!))),
    combination({ weights }, coefficients) {
      const weighted = (variable: number) => weights.map((weight, k) => weight * coefficients(variable)[k]!);
      return combinations(kept, 0, (variable) => [weighted(variable)])[0]!;
    },
    *columns({ weights }) {
      for (const variable of kept[0]!.keys()) {
        const gradients = tidied(() => kept.map((row, k) => times(row[variable]!, weights[k]!)));
        yield { variable, gradients };
      }
    },
    dispose: () => tf.dispose(kept as tf.Tensor[][]),
  };
}

/** Rows that are made from the tape whenever they are needed, at most `atOnce` of them. */
export function remadeRows(size: number, variables: number, atOnce: number): RowSource {
  const made = ({ tape, ...forward }: Forward, positions: readonly number[]) => {
    const sums = rowSums({ tape, ...forward });
    return tape.passes(positions.map((position) => sums[position]!));
  };
  // A few rows pass by those that are held. With more held, fewer rows have to be made again.
  const passing = Math.ceil(atOnce / 4);
  const holding = atOnce - passing;
  return {
    *together(forward) {
      for (let start = 0; start < size; start += holding) {
        const held = range(start, holding, size);
        const rows = made(forward, held);
        try {
          const end = start + holding;
          if (end >= size) yield { rows, positions: held };
          for (let next = end; next < size; next += passing) {
            const others = range(next, passing, size);
            const more = made(forward, others);
            try {
              yield { rows: [...rows, ...more], positions: [...held, ...others] };
            } finally {
              tf.dispose(more as tf.Tensor[][]);
            }
          }
        } finally {
          tf.dispose(rows as tf.Tensor[][]);
        }
      }
    },
    row: (forward, position) => made(forward, [position])[0]!,
    combination(forward, coefficients) {
      const result: (tf.Tensor | null)[] = Array.from({ length: variables }, () => null);
      // Variables of one group have the same list, and one backward pass gives its combination for all of them.
      const lists = result.map((_, variable) => coefficients(variable));
      try {
        for (const list of new Set(lists)) {
          for (const [variable, tensor] of weightedPass(forward, list).entries()) {
            if (lists[variable] === list) result[variable] = tensor;
            else tensor?.dispose();
          }
        }
      } catch (error) {
        tf.dispose(result as tf.Tensor[]);
        throw error;
      }
      return result;
    },
    columns: (forward) => streamedGradients(forward, [], variables).columns(),
    dispose: () => {},
  };
}

function range(start: number, length: number, end: number): number[] {
  return Array.from({ length: Math.min(length, end - start) }, (_, index) => start + index);
}
