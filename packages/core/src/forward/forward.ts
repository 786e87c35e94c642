import * as tf from '@tensorflow/tfjs-core';
import type { GradientRow, Setup, StepContext } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import { record } from '../tape/record.ts';
import type { BackwardPasses, Cut, Tape } from '../tape/tape.ts';
import { tidied } from '../tidied.ts';
import { evaluate } from './evaluate.ts';

/** The additional outputs of the losses on a batch, by objective and name. */
export type Outputs = Readonly<Record<string, tf.NamedTensorMap>>;

/** What a combiner is told about a step beside its rows. */
export type StepFacts = Pick<StepContext<undefined>, 'step' | 'epoch' | 'random'>;

/** The forward pass of a step. Its rows are those whose losses depend on a variable. */
export interface Forward {
  /** Number of the step. */
  readonly step: number;
  readonly rows: readonly GradientRow[];
  /** The weights of these rows. */
  readonly weights: readonly number[];
  /** The losses, whose elements are those of the rows, one after another. */
  readonly losses: readonly tf.Tensor[];
  readonly tape: BackwardPasses & Partial<Pick<Tape, 'recording'>>;
  /** The tape in two parts, if inner products are taken at features. */
  readonly cut?: Cut;
  /**
   * The rows present whose losses depend on no trained variable. A combiner does not see them, because a
   * gradient of zeros would mean a stationary point.
   */
  readonly unreached: { readonly rows: readonly GradientRow[]; readonly losses: readonly tf.Tensor[] };
  /**
   * The additional outputs of all losses, one entry per batch, or per piece of one. `dispose` does not free
   * these tensors.
   */
  readonly outputs: readonly Outputs[];
  /** The input of a combiner, once the losses have been read. */
  context<Memory>(losses: readonly number[], memory: Memory): StepContext<Memory>;
  /** Evaluates the losses again: one for each row of the setup, or null. The caller owns them. */
  evaluateAgain(): readonly (tf.Tensor | null)[];
  dispose(): void;
}

/** Features at which a tape is cut. */
export interface CutAt {
  /** Runs a forward pass, and notes the ids of the features. */
  noting<Value>(run: () => Value): { readonly value: Value; readonly ids: readonly number[] };
  readonly cut: (
    nodes: Tape['recording']['nodes'],
    variables: readonly tf.Variable[],
    features: readonly number[],
  ) => Cut;
}

/** Evaluates every objective on every batch, under one tape. It is cut `at` the results of a shared computation. */
export function forward<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
  variables: readonly tf.Variable[],
  setup: Setup,
  context: StepFacts,
  at?: CutAt,
): Forward {
  const run = () => evaluate(objectives, batches);
  const { value: given, tape } = record(variables, () => at?.noting(run) ?? { value: run(), ids: [] });
  const { value, ids } = given;
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
    ...(at && { cut: at.cut(tape.recording.nodes, variables, ids) }),
    unreached,
    outputs: batches.map((_, batch) =>
      namedOutputs(objectives, value.slice(batch * objectives.length, (batch + 1) * objectives.length)),
    ),
    context: contextOf(context, setup, rows, weights),
    evaluateAgain: () => tidied(() => evaluate(objectives, batches).map(({ loss }) => loss)),
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

/** The outputs of all objectives on one batch, without those of objectives that give none. */
export function namedOutputs<Batch>(
  objectives: readonly Objective<Batch>[],
  evaluated: readonly { readonly outputs: tf.NamedTensorMap }[],
): Outputs {
  const own = objectives.map(({ name }, k) => [name, evaluated[k]!.outputs] as const);
  return Object.fromEntries(own.filter(([, outputs]) => Object.keys(outputs).length > 0));
}

/** Makes the input of a combiner from the losses without their weights. */
export function contextOf(
  facts: StepFacts,
  setup: Setup,
  rows: readonly GradientRow[],
  weights: readonly number[],
): Forward['context'] {
  return (values, memory) => ({
    ...facts,
    setup,
    rows,
    losses: values.map((loss, index) => loss * weights[index]!),
    memory,
  });
}
