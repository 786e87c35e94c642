import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';
import type { CallbackRunner } from './callbacks.ts';
import { EpochReports } from './history.ts';
import { Averages, type Logged } from './logs.ts';
import type { Run } from './run.ts';
import { sayingLater } from './said.ts';
import { batchesPerStep, trainStep } from './step.ts';

interface Epoch {
  readonly averages: Averages;
  readonly reports: EpochReports;
  readonly steps: number;
  readonly batches: number;
}

/**
 * Trains on the batches of one epoch. Batches at the end that are too few for a step of the combiner are left
 * out.
 */
export async function oneEpoch(run: Run, epoch: number, callbacks: CallbackRunner): Promise<Epoch> {
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
  // The step checks the batch.
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
