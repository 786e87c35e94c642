import * as tf from '@tensorflow/tfjs-core';
import type { GradientRow } from '../combiner.ts';
import type { Row } from '../rows/kernels.ts';
import { namedOutputs, type Outputs } from './forward.ts';
import { MeanLosses } from './mean-losses.ts';
import { GradientSums, type Pieces, recordedPieces } from './recorded-pieces.ts';

/**
 * What the first pass over pieces adds up, beside the losses: for each list, the gradient of Σ coefficient ·
 * weight · loss, with one coefficient for each of these rows. Null for the gradient of each row by itself.
 */
export type FirstSums = (rows: readonly GradientRow[]) => readonly (readonly number[])[] | null;

export interface FirstPass {
  /** The mean loss of each row, which belongs to the caller. Null if it was never there. */
  readonly losses: readonly (tf.Scalar | null)[];
  /** The size of the pieces that have the loss, for each row. */
  readonly sizes: readonly number[];
  /** The rows whose losses depend on a variable in some piece. */
  readonly reached: ReadonlySet<number>;
  /** For each piece and objective, true if there is a loss. */
  readonly present: readonly (readonly boolean[])[];
  /** The additional outputs of each piece. */
  readonly outputs: readonly Outputs[];
  /** Sums of gradients, with their coefficients over the losses of all rows. Empty if the guess was wrong. */
  readonly made: readonly GradientSum[];
}

interface GradientSum {
  readonly list: readonly number[];
  /** Null for zeros. */
  readonly sum: Row | null;
}

/**
 * The first pass over the pieces. It needs coefficients before it has seen all of them, so it takes the rows of
 * the first piece for those of the step.
 */
export function firstPass<Batch>(given: Pieces<Batch>, wanted: FirstSums): FirstPass {
  const { objectives, setup, weights, totals } = given;
  const means = new MeanLosses(totals);
  const reached = new Set<number>();
  const present: boolean[][] = [];
  const outputs: Outputs[] = [];
  let expected = '';
  let isEach = false;
  let lists: readonly (readonly number[])[] = [];
  let sums: GradientSums | null = null;
  try {
    for (const one of recordedPieces(given)) {
      const { position, piece, evaluated } = one;
      outputs.push(namedOutputs(objectives, evaluated));
      present.push(evaluated.map(({ loss }) => loss !== null));
      const kinds = evaluated.map(({ loss, isReaching }) => (loss ? isReaching : 'absent'));
      if (position === 0) {
        expected = String(kinds);
        const isRow = (row: number) => kinds[row % kinds.length] === true;
        const chosen = wanted(setup.rows.filter((_, row) => isRow(row)));
        isEach = chosen === null;
        lists = chosen ? chosen.map((list) => spread(list, isRow, weights)) : weights.map(alone);
        sums = new GradientSums(lists);
      } else if (!isEach && String(kinds) !== expected) {
        sums?.dispose();
        sums = null;
      }
      sums?.add(one, totals);
      for (const { row, loss, isReaching } of evaluated) {
        if (loss) means.add(row, loss, piece);
        if (isReaching) reached.add(row);
      }
    }
    // Where an objective was absent from some pieces, the others make the mean.
    if (isEach)
      for (const row of reached)
        if (means.sizes[row] !== totals[row]) sums?.scale(row, totals[row]! / means.sizes[row]!);
    const losses = means.take();
    const rows = sums?.take() ?? [];
    return {
      losses,
      sizes: means.sizes,
      reached,
      present,
      outputs,
      made: rows.map((sum, index) => ({ sum, list: lists[index]! })),
    };
  } catch (error) {
    means.dispose();
    sums?.dispose();
    tf.dispose(outputs as unknown as tf.TensorContainer);
    throw error;
  }
}

/** Coefficients over all rows, from those over the rows for which `isRow` holds. */
function spread(
  list: readonly number[],
  isRow: (row: number) => boolean,
  weights: readonly number[],
): number[] {
  let next = 0;
  return weights.map((weight, row) => (isRow(row) ? list[next++]! * weight : 0));
}

/** The coefficients of the gradient of one row. */
function alone(weight: number, row: number, { length }: readonly number[]): number[] {
  return Array.from({ length }, (_, other) => (other === row ? weight : 0));
}
