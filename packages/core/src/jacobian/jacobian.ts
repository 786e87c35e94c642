import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { Certificate, GradientCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import { backwardPasses } from '../direction/backward.ts';
import type { Answer } from '../direction/direction.ts';
import { namedGradients } from '../direction/named-gradients.ts';
import type { Forward } from '../forward/forward.ts';
import { wholeNumber } from '../option-schemas.ts';
import { checkOptions } from '../options.ts';
import { weakest } from '../protocol/weakest-certificate.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { tidied } from '../tidied.ts';
import { createQueue } from '../trainer/queue.ts';
import { checkVariables } from '../trainer/trained-variables.ts';
import { answerOf, type CombineOptions, checkedOptions, firstStep } from './combine.ts';
import { type Losses, type RecordedLosses, recordLosses } from './losses.ts';
import { innerProductsOf, type Measured } from './measured.ts';
import { keptRows, type RowSource, remadeRows } from './row-source.ts';

/** The gradients of several losses, one row per loss, as a value. */
export interface Jacobian {
  /** The name of the loss of each row: `losses[2]`, or `digit[5]` for an element of the loss `digit`. */
  readonly rows: readonly string[];
  /** The values of the losses. */
  losses(): Promise<readonly number[]>;
  /** All inner products of the rows, in float64. */
  gramian(): Promise<SymmetricMatrix>;
  /**
   * The same for losses of shape [batch, tasks], in that shape twice: entry [b][t][c][u] is the inner product of
   * rows (b, t) and (c, u).
   */
  nestedGramian(): Promise<number[][][][]>;
  /** A row, by the names of the variables. You own the tensors and dispose of them. */
  row(index: number): tf.NamedTensorMap;
  /**
   * Combines the rows, as a trainer does in its first step: a combiner with averages or another memory starts
   * from its initial state, and what it would remember is dropped. For memory across steps, use createTrainer.
   */
  combine(combiner: GradientCombiner, options?: CombineOptions): Promise<CombinedRows>;
  /** Frees the rows, and what is needed to make them. */
  dispose(): void;
}

export interface CombinedRows {
  /**
   * One tensor for each variable, by its name, in the form that `optimizer.applyGradients` of TensorFlow.js
   * takes. It is zero if no loss depends on the variable, and null if the variable's `trainable` is false. You
   * own the tensors and dispose of them.
   */
  readonly gradients: tf.NamedTensorMap;
  /** One coefficient per row: the gradients are Σ coefficient · row. Empty for element-wise combiners. */
  readonly coefficients: readonly number[];
  /** The quality of the answer of the combiner's solver. Null if it has none. */
  readonly certificate: Certificate | null;
  /**
   * The coefficients and the certificate for each group of variables (`perLayer`). The first coefficients are
   * those above.
   */
  readonly groups: Answer['groups'];
}

const schema = v.strictObject({ rowsAtOnce: v.optional(wholeNumber(2)) });

/**
 * Computes losses once, and gives the rows of their Jacobian: the gradient of each element of the losses with
 * respect to the variables.
 *
 *     const rows = jacobian(() => tf.stack([digitLoss(), parityLoss()]), variables);
 *     const { gradients } = await rows.combine(upgrad());
 *     optimizer.applyGradients(gradients);
 *     tf.dispose(gradients);
 *     rows.dispose();
 *
 * The rows stay in memory until `dispose`. With `rowsAtOnce: n`, at most n of them are in memory at a time.
 * They are made again whenever they are needed, from what the losses have recorded, and the answers are the
 * same. For K rows, the Gramian then takes about 2 K² / (3 n) backward passes (K² / 2 for n = 2) instead of K, and
 * `combine` one more for each group of variables. An element-wise combiner needs all K rows of one variable at a time.
 *
 * @throws if a loss depends on none of the variables. A loss or row that is not finite makes `gramian`,
 *   `losses` and `combine` reject.
 */
export function jacobian(
  losses: () => Losses,
  variables: readonly tf.Variable[],
  options: { readonly rowsAtOnce?: number } = {},
): Jacobian {
  const { rowsAtOnce = Number.POSITIVE_INFINITY } = checkOptions('jacobian', schema, options);
  checkList(variables);
  checkVariables({ variables, state: [] }, 'Jacobian');
  const own = [...variables];
  const frozen = own.map(({ trainable }) => !trainable);
  const recorded = recordLosses(losses, own);
  const { names, shape } = recorded;
  const count = names.length;
  const each = (value: number) => names.map(() => value);
  const { forward } = firstStep(recorded, { weights: each(1), priorities: each(0), seed: 0 });
  const source = sourceOf(recorded, forward, own.length, rowsAtOnce);
  const queue = createQueue(() => {
    source.dispose();
    recorded.dispose();
  }, DISPOSED);
  let measured: Measured | undefined;
  const measure = async () => {
    measured ??= await innerProductsOf(source, forward, own);
    return measured;
  };
  const gramian = () => queue.add(async () => SymmetricMatrix.sum(count, (await measure()).byVariable));
  return {
    rows: names,
    losses: () => queue.add(async () => (await measure()).scalars),
    gramian,
    nestedGramian: async () => nested(await gramian(), shape),
    row(index) {
      if (queue.isClosed) throw new Error(DISPOSED);
      checkIndex(index, count);
      return tidied(() => namedGradients(own, source.row(forward, index), frozen));
    },
    combine: (combiner, given = {}) =>
      queue.add(async () => {
        const settled = checkedOptions(combiner, given, count);
        const step = firstStep(recorded, settled);
        const answer = await answerOf(combiner, step, own, source, await measure());
        const groups = answer.groups.map(({ coefficients, certificate }) => {
          return { coefficients: coefficients.slice(0, count), certificate };
        });
        return {
          gradients: tidied(() => namedGradients(own, answer.direction, frozen)),
          coefficients: groups[0]?.coefficients ?? [],
          certificate: weakest(groups.map(({ certificate }) => certificate)),
          groups,
        };
      }),
    dispose: () => queue.close(),
  };
}

const DISPOSED = 'This Jacobian has been disposed of. Call jacobian(losses, variables) again.';

/** Makes the rows at once if all of them may be in memory. Then the tape is not needed any more. */
function sourceOf(
  { tape, dispose }: RecordedLosses,
  forward: Forward,
  variables: number,
  rowsAtOnce: number,
): RowSource {
  const count = forward.rows.length;
  if (rowsAtOnce < count) return remadeRows(count, variables, rowsAtOnce);
  try {
    const rows = keptRows(backwardPasses(forward));
    tape.dispose();
    return rows;
  } catch (error) {
    dispose();
    throw error;
  }
}

function checkList(variables: unknown): void {
  if (Array.isArray(variables)) return;
  throw new Error(
    `jacobian: the variables are ${described(variables)}, but must be a list, as in jacobian(losses, [kernel, bias]).`,
  );
}

function checkIndex(index: number, count: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < count) return;
  throw new Error(
    `jacobian: there is no row ${described(index)}. The ${count} rows are numbered from 0 to ${count - 1}.`,
  );
}

function nested(gramian: SymmetricMatrix, shape: readonly number[] | null): number[][][][] {
  if (shape?.length !== 2) {
    throw new Error(
      `jacobian: nestedGramian() is for losses in one tensor of shape [batch, tasks], but ${shape ? `they have shape [${shape}]` : 'there are several tensors'}. Call gramian().`,
    );
  }
  const [batch, tasks] = shape as [number, number];
  const list = <Value>(length: number, entry: (index: number) => Value) =>
    Array.from({ length }, (_, i) => entry(i));
  return list(batch, (b) =>
    list(tasks, (t) => list(batch, (c) => list(tasks, (u) => gramian.at(b * tasks + t, c * tasks + u)))),
  );
}
