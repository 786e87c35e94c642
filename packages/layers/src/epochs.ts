import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';
import { type CallbackRunner, callbackRunner, type Params } from './callbacks.ts';
import { EpochReports, emptyHistory, type FitHistory, record } from './history.ts';
import { Averages, type Logged } from './logs.ts';
import type { FilledCommon } from './options.ts';
import { type Cut, type Place, passOver, replay, saveFit } from './resume.ts';
import { sayingLater } from './said.ts';
import type { Source } from './sources.ts';
import { batchesPerStep, trainStep } from './step.ts';
import type { Validation } from './validation.ts';

/** Node and browsers have it; types that hold in both do not. */
declare const console: { warn(message: string): void };

interface Run {
  readonly options: FilledCommon;
  readonly source: Source;
  readonly validation: Validation | null;
  readonly batchSize: number | null;
  /** The epoch under way, which the combiner is told. */
  readonly progress: { epoch: number };
  readonly training: Parameters<typeof trainStep>[0];
  readonly cut: Cut;
  /** Where a training that is resumed goes on. */
  readonly place: Place | null;
}

export async function epochs(run: Run): Promise<FitHistory> {
  const { options, source, validation, progress, training, place } = run;
  const { model } = training;
  const history = place?.history ?? emptyHistory([...training.weights.keys()]);
  const callbacks = callbackRunner(model, options.callbacks, options.yieldEvery, paramsOf(run));
  model.stopTraining = false;
  await callbacks.train('onTrainBegin');
  if (place) {
    await passOver(place, source, validation);
    await replay(place, callbacks);
  }
  for (let epoch = progress.epoch; epoch < options.epochs && !model.stopTraining; epoch++) {
    progress.epoch = epoch;
    await callbacks.epoch('onEpochBegin', epoch);
    const { averages, reports, steps, batches } = await oneEpoch(run, epoch, callbacks);
    const isStopped = model.stopTraining;
    const isShort = !isStopped && source.isCut && batches < source.batches!;
    if (steps === 0 && !isStopped && !(isShort && history.epoch.length > 0))
      throw nothingIn(run, epoch, batches);
    const logs = averages.means();
    // As in TensorFlow.js, an epoch that is stopped is not validated.
    if (validation && steps > 0 && !isStopped) Object.assign(logs, await validation.logs());
    await callbacks.epoch('onEpochEnd', epoch, logs);
    if (steps > 0) record(history, epoch, logs, reports);
    if (isShort) warnOfEnd(source, epoch, batches);
    const isLast = isShort || epoch + 1 === options.epochs || model.stopTraining;
    // Nothing could go on in the middle of an epoch.
    if (!isStopped) await saveAfter(run, epoch, history, isLast);
    if (isShort) break;
  }
  await callbacks.train('onTrainEnd');
  return history;
}

async function saveAfter(
  { options, training, place, cut }: Run,
  epoch: number,
  history: FitHistory,
  isLast: boolean,
) {
  const { checkpoint, initialEpoch } = options;
  const from = place?.from ?? initialEpoch;
  const next = epoch + 1;
  if (!checkpoint || !(isLast || (next - from) % (checkpoint.every ?? 1) === 0)) return;
  await saveFit(training.model, training.trainer, checkpoint.to, { from, next, history, cut });
}

function warnOfEnd({ batches: wanted }: Source, epoch: number, batches: number): void {
  console.warn(
    `fit: the dataset ended after ${batches} of the ${wanted} batches of epoch ${epoch}, so training ends there. Give fewer \`batchesPerEpoch\`, or a dataset that goes on, as dataset.repeat() does.`,
  );
}

/** Trains on the batches of one epoch. A rest that is too small for a step of the combiner is left out. */
async function oneEpoch(run: Run, epoch: number, callbacks: CallbackRunner) {
  const { source, options, training } = run;
  const averages = new Averages();
  const reports = new EpochReports();
  const each = batchesPerStep(options.combiner);
  const batches = source.epoch(epoch);
  let [steps, taken] = [0, 0];
  while (!training.model.stopTraining) {
    const given: Batch[] = [];
    try {
      while (given.length < each) {
        const where = `fit: epoch ${epoch}: the dataset failed after ${taken} batches`;
        const { value, done } = await sayingLater(where, batches.next());
        if (done) return { averages, reports, steps, batches: taken };
        given.push(value);
        taken++;
      }
      const logged = await oneStep(training, given, { epoch, step: steps }, callbacks, reports);
      for (const { name, value, count } of logged) averages.add(name, value, count);
    } finally {
      tf.dispose(given as unknown as tf.TensorContainer);
    }
    steps++;
  }
  return { averages, reports, steps, batches: taken };
}

async function oneStep(
  training: Run['training'],
  given: readonly Batch[],
  { epoch, step }: { readonly epoch: number; readonly step: number },
  callbacks: CallbackRunner,
  reports: EpochReports,
): Promise<readonly Logged[]> {
  // Whether the batch is what it should be is looked at in the step.
  const size = given.reduce((sum, batch) => sum + (tensorsIn(batch?.xs)[0]?.shape[0] ?? 0), 0);
  await callbacks.batch('onBatchBegin', step, { batch: step, size });
  const where = `fit: epoch ${epoch}, batch ${step}`;
  const { report, logged } = await sayingLater(where, trainStep(training, given));
  reports.add(report);
  const logs = new Averages();
  for (const { name, value, count } of logged) logs.add(name, value, count);
  await callbacks.batch('onBatchEnd', step, { batch: step, size, ...logs.means() });
  return logged;
}

function tensorsIn(value: unknown): tf.Tensor[] {
  return tf.tensor_util.getTensorsInContainer(value as tf.TensorContainer);
}

function nothingIn({ options }: Run, epoch: number, batches: number): Error {
  if (batches === 0) return new Error(`fit: epoch ${epoch} has no batches: the dataset is empty.`);
  return new Error(
    `fit: epoch ${epoch} has ${batches} batches, but the combiner ${options.combiner.name} takes ${batchesPerStep(options.combiner)} independent ones a step. Make them smaller.`,
  );
}

function paramsOf({ options, source, validation, batchSize, training }: Run): Params {
  const { objectives, nameOf } = training;
  const losses = [...training.weights.keys()].map((name) => nameOf(name, 'loss'));
  const metrics = objectives.flatMap((one) => one.metrics.map(({ name }) => nameOf(one.name, name)));
  const names = [...new Set(['loss', ...losses, ...metrics])];
  const { epochs, initialEpoch, verbose, combiner } = options;
  return {
    epochs,
    initialEpoch,
    verbose,
    batchSize,
    samples: source.examples,
    steps: source.batches && Math.floor(source.batches / batchesPerStep(combiner)),
    doValidation: validation !== null,
    metrics: validation ? [...names, ...names.map((name) => `val_${name}`)] : names,
  };
}
