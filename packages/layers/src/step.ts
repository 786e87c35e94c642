import type { GradientCombiner, StepReport, Trainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from './batch.ts';
import { type ClassWeights, type Prepared, prepared } from './example-weights.ts';
import type { Logged } from './logs.ts';
import { measured, type NameInLogs } from './measure.ts';
import type { Settled } from './objective.ts';
import { applyFlags } from './weights.ts';

/** The number of independent batches that a step of this combiner takes. */
export function batchesPerStep(combiner: GradientCombiner): number {
  return combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
}

export interface StepLogs {
  readonly report: StepReport;
  readonly logged: readonly Logged[];
}

/** The parts that every step of a training uses. */
export interface Training {
  readonly model: LayersModel;
  readonly objectives: readonly Settled[];
  readonly variables: readonly tf.Variable[];
  readonly trainer: Trainer<Batch>;
  readonly classes: readonly (ClassWeights | null)[];
  /** The weight of every objective by name, with that of the regularisers. */
  readonly weights: ReadonlyMap<string, number>;
  readonly nameOf: NameInLogs;
}

/** Takes one step of the trainer and returns its logs. The caller disposes of the batches. */
export async function trainStep(training: Training, given: readonly Batch[]): Promise<StepLogs> {
  const { model, trainer, variables, classes } = training;
  const batches: Prepared[] = [];
  try {
    for (const batch of given) batches.push(await prepared(model, batch, classes));
    const undo = applyFlags(model, variables);
    const report = await trainer.step(...batches).finally(undo);
    return { report, logged: report.skipped ? [] : await logged(training, batches, report) };
  } finally {
    tf.dispose(batches.map(({ sampleWeight }) => sampleWeight) as tf.TensorContainer);
  }
}

async function logged(
  { objectives, weights, nameOf }: Training,
  batches: readonly Prepared[],
  { losses, outputs }: StepReport,
): Promise<Logged[]> {
  const size = batches.reduce((sum, batch) => sum + batch.size, 0);
  const pure = new Map<string, number>();
  const metrics: Logged[] = [];
  for (const [index, batch] of batches.entries()) {
    const given = outputs[index]!;
    // At most one objective has penalties added to it.
    const penalised = Object.keys(given).filter((name) => given[name]!.unpenalized);
    const read = await measured(
      objectives,
      nameOf,
      batch,
      ({ name }) => given[name]!.prediction!,
      penalised.map((name) => given[name]!.unpenalized as tf.Scalar),
    );
    metrics.push(...read.metrics);
    for (const name of penalised) pure.set(name, (pure.get(name) ?? 0) + read.first[0]! / batches.length);
  }
  const present = Object.entries(losses).flatMap(([name, loss]) => (loss === null ? [] : [{ name, loss }]));
  if (present.length === 0) return metrics;
  const total = present.reduce((sum, { name, loss }) => sum + weights.get(name)! * loss, 0);
  const each = present.map(({ name, loss }) => ({
    name: nameOf(name, 'loss'),
    value: pure.get(name) ?? loss,
    count: size,
  }));
  return [
    { name: 'loss', value: total, count: size },
    ...each.filter(({ name }) => name !== 'loss'),
    ...metrics,
  ];
}
