import * as tf from '@tensorflow/tfjs-core';
import type { Setup } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import type { Row } from '../rows/kernels.ts';
import { combinations } from '../rows/rows.ts';
import { record } from '../tape/record.ts';
import type { Tape } from '../tape/tape.ts';
import { evaluate } from './evaluate.ts';
import type { Piece } from './piece.ts';

/** The pieces of a step. Everything about rows is given by the position of the row in the setup. */
export interface Pieces<Batch> {
  readonly objectives: readonly Objective<Batch>[];
  readonly pieces: readonly Piece<Batch>[];
  readonly variables: readonly tf.Variable[];
  readonly setup: Setup;
  /** The weight of each row. */
  readonly weights: readonly number[];
  /** The size of the batch of each row. */
  readonly totals: readonly number[];
}

/** One piece, evaluated and recorded. */
export interface RecordedPiece {
  readonly position: number;
  readonly piece: Piece<unknown>;
  /** One entry per objective. The loss is null if the objective is absent. */
  readonly evaluated: readonly {
    readonly row: number;
    readonly loss: tf.Scalar | null;
    readonly isReaching: boolean;
    readonly outputs: tf.NamedTensorMap;
  }[];
  readonly tape: Tape;
}

/**
 * Evaluates the pieces one after the other. What a piece needs is freed before the next one begins, except for
 * its `outputs`, which the caller owns.
 */
export function* recordedPieces<Batch>(given: Pieces<Batch>): Generator<RecordedPiece> {
  const { objectives, pieces, variables } = given;
  for (const [position, piece] of pieces.entries()) {
    const { value, tape } = record(variables, () => evaluate(objectives, [piece.value]));
    const evaluated = value.map(({ loss, outputs }, objective) => ({
      row: piece.batch * objectives.length + objective,
      loss: loss as tf.Scalar | null,
      isReaching: loss !== null && tape.reaches(loss),
      outputs,
    }));
    try {
      tape.keepFor(evaluated.flatMap(({ loss, isReaching }) => (isReaching ? [loss!] : [])));
      yield { position, piece, evaluated, tape };
    } finally {
      tape.dispose();
      tf.dispose(value.map(({ loss }) => loss) as tf.Tensor[]);
    }
  }
}

/**
 * Sums of gradients over the pieces: for each list, that of Σ coefficient · mean loss, with one coefficient for
 * each row. They grow in place where the backend can do that.
 */
export class GradientSums {
  readonly #lists: readonly (readonly number[])[];
  readonly #sums: (Row | null)[];

  constructor(lists: readonly (readonly number[])[]) {
    this.#lists = lists;
    this.#sums = lists.map(() => null);
  }

  /** Adds the gradients of a piece. `sizes` has the size of the pieces that have the loss, for each row. */
  add({ piece, evaluated, tape }: RecordedPiece, sizes: readonly number[]): void {
    for (const [index, list] of this.#lists.entries()) {
      const terms = evaluated.flatMap(({ row, loss, isReaching }) =>
        isReaching && list[row] !== 0 ? [[loss!, (list[row]! * piece.size) / sizes[row]!] as const] : [],
      );
      if (terms.length > 0) this.#add(index, tape.backward(terms));
    }
  }

  #add(index: number, row: Row): void {
    const before = this.#sums[index]!;
    // If the addition fails, both rows are gone.
    this.#sums[index] = null;
    this.#sums[index] = before === null ? row : combinations([before, row], 2, () => [[1, 1]])[0]!;
  }

  scale(index: number, factor: number): void {
    const row = this.#sums[index]!;
    this.#sums[index] = null;
    this.#sums[index] = row && combinations([row], 1, () => [[factor]])[0]!;
  }

  /** The sums, which belong to the caller from then on. Null if nothing was added. */
  take(): readonly (Row | null)[] {
    return this.#sums.splice(0);
  }

  dispose(): void {
    tf.dispose(this.take() as tf.Tensor[][]);
  }
}
