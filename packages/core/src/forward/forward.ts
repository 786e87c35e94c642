import * as tf from '@tensorflow/tfjs-core';
import type { GradientRow, Setup, StepContext } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import { record } from '../tape/record.ts';
import type { Tape } from '../tape/tape.ts';
import { evaluate } from './evaluate.ts';

/** The additional outputs of the losses on a batch, by objective and name. */
export type Outputs = Readonly<Record<string, tf.NamedTensorMap>>;

/** The forward pass of a step. Its rows are those whose losses depend on a variable. */
export interface Forward {
  /** Number of the step. */
  readonly step: number;
  readonly rows: readonly GradientRow[];
  /** The weights of these rows. */
  readonly weights: readonly number[];
  /** The losses, whose elements are those of the rows, one after another. */
  readonly losses: readonly tf.Tensor[];
  readonly tape: Tape;
  /**
   * The rows present whose losses depend on no trained variable. A combiner does not see them, because a
   * gradient of zeros would mean a stationary point.
   */
  readonly unreached: { readonly rows: readonly GradientRow[]; readonly losses: readonly tf.Tensor[] };
  /** The additional outputs of all losses, one entry per batch. `dispose` does not free these tensors. */
  readonly outputs: readonly Outputs[];
  /** The input of a combiner, once the losses have been read. */
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
  const { value, tape } = record(variables, () => evaluate(objectives, batches));
  const all = value.map(({ loss }) => loss);
  const rowsOf = (isWanted: (loss: tf.Tensor) => boolean) => {
    const present = all.flatMap((loss, index) => (loss !== null && isWanted(loss) ? [index] : []));
    const rows = present.flatMap((index) => stepRows(setup.rows[index]!, all[index]!));
    return { rows, losses: present.map((index) => all[index]!) };
  };
  const { rows, losses } = rowsOf((loss) => tape.reaches(loss));
  tape.keepFor(losses);
  const unreached = rowsOf((loss) => !tape.reaches(loss));
  const weightOf = new Map(objectives.map(({ name, weight = 1 }) => [name, weight]));
  const weights = rows.map(({ objective }) => weightOf.get(objective)!);
  return {
    step: context.step,
    rows,
    losses,
    weights,
    tape,
    unreached,
    outputs: batches.map((_, batch) => {
      const own = objectives.map(
        ({ name }, k) => [name, value[batch * objectives.length + k]!.outputs] as const,
      );
      return Object.fromEntries(own.filter(([, outputs]) => Object.keys(outputs).length > 0));
    }),
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

/** The rows of a loss: one, or one an example. */
export function stepRows(row: GradientRow, { size }: tf.Tensor): GradientRow[] {
  if (row.example === undefined) return [row];
  return Array.from({ length: size }, (_, example) => ({ ...row, example }));
}
