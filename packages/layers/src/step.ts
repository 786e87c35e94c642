import type { GradientCombiner, StepReport, Trainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from './batch.ts';
import { type ClassWeights, type Prepared, prepared } from './example-weights.ts';
import type { Logged } from './logs.ts';
import { measured, type NameInLogs } from './measure.ts';
import type { Settled } from './objective.ts';
import type { Observer } from './objectives.ts';
import { applyFlags } from './weights.ts';

/** The number of independent batches that a step of this combiner takes. */
export function batchesPerStep(combiner: GradientCombiner): number {
  return combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
}

/**
 * The results of a step's forward pass, kept until the step is over. A second pass of the same step (as in
 * FAMO) is ignored.
 */
export class Seen implements Observer {
  readonly #outputs = new Map<Batch, tf.Tensor[]>();
  readonly #losses = new Map<Batch, { readonly name: string; readonly loss: tf.Scalar }>();
  readonly #wantsOutputs: boolean;

  constructor(objectives: readonly Settled[]) {
    this.#wantsOutputs = objectives.some(({ metrics }) => metrics.length > 0);
  }

  outputs(batch: Batch, outputs: readonly tf.Tensor[]): void {
    if (!this.#wantsOutputs || this.#outputs.has(batch)) return;
    this.#outputs.set(
      batch,
      outputs.map((output) => tf.keep(tf.clone(output))),
    );
  }

  loss(batch: Batch, name: string, loss: tf.Scalar): void {
    if (!this.#losses.has(batch)) this.#losses.set(batch, { name, loss: tf.keep(tf.clone(loss)) });
  }

  of(batch: Batch): {
    readonly outputs: readonly tf.Tensor[] | null;
    readonly pure: { readonly name: string; readonly loss: tf.Scalar } | null;
  } {
    return { outputs: this.#outputs.get(batch) ?? null, pure: this.#losses.get(batch) ?? null };
  }

  clear(): void {
    tf.dispose([...this.#outputs.values()].flat());
    tf.dispose([...this.#losses.values()].map(({ loss }) => loss));
    this.#outputs.clear();
    this.#losses.clear();
  }
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
  readonly seen: Seen;
  /** The weight of every objective by name, with that of the regularisers. */
  readonly weights: ReadonlyMap<string, number>;
  readonly nameOf: NameInLogs;
}

/** Takes one step of the trainer and returns its logs. The caller disposes of the batches. */
export async function trainStep(training: Training, given: readonly Batch[]): Promise<StepLogs> {
  const { model, trainer, variables, classes, seen } = training;
  const batches: Prepared[] = [];
  try {
    for (const batch of given) batches.push(await prepared(model, batch, classes));
    const undo = applyFlags(model, variables);
    const report = await trainer.step(...batches).finally(undo);
    return { report, logged: report.skipped ? [] : await logged(training, batches, report) };
  } finally {
    seen.clear();
    tf.dispose(batches.map(({ sampleWeight }) => sampleWeight) as tf.TensorContainer);
  }
}

async function logged(
  { objectives, seen, weights, nameOf }: Training,
  batches: readonly Prepared[],
  { losses }: StepReport,
): Promise<Logged[]> {
  const size = batches.reduce((sum, batch) => sum + batch.size, 0);
  const pure = new Map<string, number>();
  const metrics: Logged[] = [];
  for (const batch of batches) {
    const { outputs, pure: own } = seen.of(batch);
    const read = await measured(objectives, nameOf, batch, outputs, own ? [own.loss] : []);
    metrics.push(...read.metrics);
    if (own) pure.set(own.name, (pure.get(own.name) ?? 0) + read.first[0]! / batches.length);
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
