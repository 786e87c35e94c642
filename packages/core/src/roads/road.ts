import type * as tf from '@tensorflow/tfjs-core';
import type { Certificate, GradientRow, Setup } from '../combiner.ts';
import type { Forward } from '../forward.ts';
import type { Row } from '../rows/kernels.ts';
import { NonFiniteRow } from '../rows/rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { tidied } from '../tape.ts';
import type { Diagnostics } from './diagnostics.ts';

/** A way from a forward pass to a direction. It changes nothing until `commit` is called on its answer. */
export interface Road {
  answer(forward: Forward): Promise<Answer>;
  state(): RoadState;
  restore(state: RoadState): void;
  dispose(): void;
}

/** What a road carries between steps; the rows are its own tensors. */
interface RoadState {
  readonly remembered: readonly Row[];
  /** One per group. */
  readonly memory: readonly unknown[];
}

export interface Answer {
  /** One tensor per variable, null for zeros; they belong to the caller. */
  readonly direction: readonly (tf.Tensor | null)[];
  /** Unweighted, of the present rows. */
  readonly losses: readonly number[];
  /** Null where no Gramian was formed. */
  readonly diagnostics: Diagnostics | null;
  /** One per group of variables; coefficients over the present, unweighted gradients, then the remembered rows. */
  readonly groups: readonly {
    readonly coefficients: readonly number[];
    readonly certificate: Certificate | null;
  }[];
  /** For methods that look at the losses again: tells those after the step, of the same rows, before `commit`. */
  readonly after?: ((losses: readonly number[]) => void) | undefined;
  /** Adopts the next memory and remembered rows. */
  commit(): void;
  /** Instead of `commit`. */
  discard(): void;
}

/** A loss or gradient is not finite: which present row, and which variable (null: the loss). */
export class NonFinite extends Error {
  readonly row: GradientRow;
  readonly variable: number | null;

  constructor(row: GradientRow, variable: number | null) {
    super(`Objective "${row.objective}" is not finite.`);
    this.row = row;
    this.variable = variable;
  }
}

export interface RoadOptions<Combiner> {
  readonly combiner: Combiner;
  readonly setup: Setup;
  readonly variables: readonly tf.Variable[];
  /** Whether all gradients are in memory at once, or one variable's at a time. */
  readonly gradients: 'kept' | 'streamed';
  /** Which of them the inner products run over, once that is settled. */
  readonly shared: (
    rows: readonly GradientRow[],
    reached: readonly (readonly boolean[])[],
  ) => readonly boolean[];
}

export function backwardPasses({ losses, weights, tape }: Forward): readonly Row[] {
  return tidied(() => losses.map((loss, index) => tape.backward([[loss, weights[index]!]])));
}

/** The gradient of Σ coefficient · weight · loss, in one backward pass. */
export function weightedPass(
  { losses, weights, tape }: Forward,
  coefficients: readonly number[],
): (tf.Tensor | null)[] {
  return tape.backward(
    losses.flatMap((loss, index) =>
      coefficients[index] === 0 ? [] : [[loss, coefficients[index]! * weights[index]!]],
    ),
  );
}

/** Coefficients of the direction where the combiner does not see a variable: each gradient's mean over the batches. */
export function privateShares(rows: readonly GradientRow[]): readonly number[] {
  return rows.map((row) => 1 / rows.filter(({ objective }) => objective === row.objective).length);
}

export function sumOf(size: number, gramians: readonly SymmetricMatrix[]): SymmetricMatrix {
  return SymmetricMatrix.from(size, (i, j) => gramians.reduce((sum, gramian) => sum + gramian.at(i, j), 0));
}

export function finite(losses: readonly number[], rows: readonly GradientRow[]): readonly number[] {
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw new NonFinite(rows[bad]!, null);
  return losses;
}

/** Names the objective of a row that is not finite, or first of a loss that is not. */
export async function named<Value>(products: Promise<Value>, rows: readonly GradientRow[]): Promise<Value> {
  try {
    return await products;
  } catch (error) {
    if (error instanceof NonFiniteRow) {
      if (error.scalars.length > 0) finite(error.scalars, rows);
      if (rows[error.row]) throw new NonFinite(rows[error.row]!, error.variable);
    }
    throw error;
  }
}
