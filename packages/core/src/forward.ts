import * as tf from '@tensorflow/tfjs-core';
import type { GradientRow, Setup, StepContext } from './combiner.ts';
import { described, isPromise } from './described.ts';
import type { Held } from './held.ts';
import type { Objective } from './objective.ts';
import { innerProducts } from './rows/rows.ts';
import { sharing } from './shared.ts';
import { record, type Tape, tidied } from './tape.ts';

/** The rows of a step that teach something, after its forward pass: what the roads to a direction start from. */
export interface Forward {
  readonly rows: readonly GradientRow[];
  /** Of these rows. */
  readonly losses: readonly tf.Scalar[];
  readonly weights: readonly number[];
  readonly tape: Tape;
  /** The rows present whose losses depend on no variable that is trained. To a combiner they are absent: a gradient of zeros would stand for a stationary point. */
  readonly unreached: { readonly rows: readonly GradientRow[]; readonly losses: readonly tf.Scalar[] };
  /** What a combiner is told, once the losses have been read. */
  context<Memory>(losses: readonly number[], memory: Memory): StepContext<Memory>;
  dispose(): void;
}

/** Evaluates every objective on every batch, under one tape. */
export function forward<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
  variables: readonly tf.Variable[],
  setup: Setup,
  context: Omit<StepContext<undefined>, 'setup' | 'rows' | 'losses' | 'memory'>,
): Forward {
  const { value, tape } = record(variables, () => {
    const losses = evaluate(objectives, batches);
    return losses as (tf.Scalar | null)[] as tf.Scalar[];
  });
  const all = value as readonly (tf.Scalar | null)[];
  const rowsOf = (isWanted: (loss: tf.Scalar) => boolean) => {
    const present = all.flatMap((loss, index) => (loss !== null && isWanted(loss) ? [index] : []));
    const rows = present.map((index) => setup.rows[index]!);
    return { present, rows, losses: present.map((index) => all[index]!) };
  };
  const { present, rows, losses } = rowsOf((loss) => tape.reaches(loss));
  const unreached = rowsOf((loss) => !tape.reaches(loss));
  const weights = present.map((index) => objectives[index % objectives.length]!.weight ?? 1);
  return {
    rows,
    losses,
    weights,
    tape,
    unreached,
    context: (values, memory) => ({
      ...context,
      setup,
      rows,
      losses: values.map((loss, index) => loss * weights[index]!),
      memory,
    }),
    dispose: () => {
      tape.dispose();
      tf.dispose([...losses, ...unreached.losses]);
    },
  };
}

/** Values of the losses of the rows once more, on the same batches. What their evaluation moved goes back to what is held. */
export async function lossesAgain<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
  setup: Setup,
  { rows, unreached }: Pick<Forward, 'rows' | 'unreached'>,
  held: Held,
): Promise<readonly number[]> {
  let losses: readonly tf.Scalar[] = [];
  try {
    const all = tidied(() => evaluate(objectives, batches));
    losses = all.filter((loss) => loss !== null);
    const now = setup.rows.filter((_, index) => all[index] !== null);
    const before = [...rows, ...unreached.rows];
    const changed = setup.rows.find((row) => now.includes(row) !== before.includes(row));
    if (changed) {
      throw new Error(
        `Objective "${changed.objective}" answered with a loss on this batch once and with null once. Which of them may depend on the batch alone.`,
      );
    }
    const { scalars } = await innerProducts([], losses);
    return scalars.filter((_, index) => rows.includes(now[index]!));
  } finally {
    held.restore();
    held.release();
    tf.dispose(losses as tf.Scalar[]);
  }
}

/** One loss per objective and batch, batch by batch; null where it is absent. The caller owns them. */
function evaluate<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
): (tf.Scalar | null)[] {
  return sharing(() => batches.flatMap((batch) => objectives.map((objective) => lossOf(objective, batch))));
}

function lossOf<Batch>(objective: Objective<Batch>, batch: Batch): tf.Scalar | null {
  const loss: unknown = objective.loss(batch);
  if (loss === null) return null;
  const must = `Objective "${objective.name}": the loss must be a scalar tensor, or null where the batch has no label for it`;
  if (isPromise(loss)) {
    // Else what it is rejected with ends the process.
    loss.then(undefined, () => undefined);
    throw new Error(`${must}, but it is a promise. Prepare the batch before the step.`);
  }
  if (!(loss instanceof tf.Tensor)) throw new Error(`${must}, but it is ${described(loss)}.`);
  if (loss.isDisposed) {
    throw new Error(
      `${must}, but it has been disposed of. Make it anew in each step, or outside of all steps.`,
    );
  }
  if (loss.rank !== 0 || loss.dtype !== 'float32') {
    throw new Error(
      `${must}, but it is ${loss.dtype} of shape [${loss.shape}]. Reduce it with tf.mean or tf.sum.`,
    );
  }
  // A clone: the loss may be shared, or a tensor that the objective keeps.
  return tf.clone(loss) as tf.Scalar;
}
