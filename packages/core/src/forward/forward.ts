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
  /** The losses and weights of these rows. */
  readonly losses: readonly tf.Scalar[];
  readonly weights: readonly number[];
  readonly tape: Tape;
  /**
   * The rows present whose losses depend on no trained variable. A combiner does not see them, because a
   * gradient of zeros would mean a stationary point.
   */
  readonly unreached: { readonly rows: readonly GradientRow[]; readonly losses: readonly tf.Scalar[] };
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
  const rowsOf = (isWanted: (loss: tf.Scalar) => boolean) => {
    const present = all.flatMap((loss, index) => (loss !== null && isWanted(loss) ? [index] : []));
    const rows = present.map((index) => setup.rows[index]!);
    return { present, rows, losses: present.map((index) => all[index]!) };
  };
  const { present, rows, losses } = rowsOf((loss) => tape.reaches(loss));
  tape.keepFor(losses);
  const unreached = rowsOf((loss) => !tape.reaches(loss));
  const weights = present.map((index) => objectives[index % objectives.length]!.weight ?? 1);
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
