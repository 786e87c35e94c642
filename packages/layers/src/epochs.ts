import { callbackRunner } from './callbacks.ts';
import { oneEpoch } from './epoch.ts';
import { emptyHistory, type FitHistory, record } from './history.ts';
import { passOver, replay, saveFit } from './resume.ts';
import { paramsOf, type Run } from './run.ts';
import type { Source } from './sources.ts';
import { batchesPerStep } from './step.ts';

/** Node and browsers both have it, but the types that they share do not. */
declare const console: { warn(message: string): void };

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
    // As in TensorFlow.js, a stopped epoch is not validated.
    if (validation && steps > 0 && !isStopped) Object.assign(logs, await validation.logs());
    await callbacks.epoch('onEpochEnd', epoch, logs);
    if (steps > 0) record(history, epoch, logs, reports);
    if (isShort) warnOfEnd(source, epoch, batches);
    const isLast = isShort || epoch + 1 === options.epochs || model.stopTraining;
    // Training cannot continue from the middle of an epoch.
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

function nothingIn({ options }: Run, epoch: number, batches: number): Error {
  if (batches === 0) return new Error(`fit: epoch ${epoch} has no batches: the dataset is empty.`);
  return new Error(
    `fit: epoch ${epoch} has ${batches} batches, but the combiner ${options.combiner.name} takes ${batchesPerStep(options.combiner)} independent ones a step. Make them smaller.`,
  );
}
