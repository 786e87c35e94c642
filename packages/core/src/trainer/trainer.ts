import type { NamedTensorMap } from '@tensorflow/tfjs-core';
import type { Checkpoint } from './checkpoint.ts';
import { settle, type TrainerOptions } from './options.ts';
import { createQueue } from './queue.ts';
import type { StepReport } from './report.ts';
import { restoreTraining, saveTraining } from './save-and-restore.ts';
import { runStep } from './step.ts';
import { forgetOutputs, startTraining } from './training.ts';

export interface Trainer<Batch> {
  /**
   * One step on a batch, or on as many independent batches as the combiner asks for. The batches stay yours
   * to dispose of. Calls made before an earlier one has ended wait for it.
   * @throws NonFiniteError, or whatever an objective, the optimizer or the schedule throws; then nothing has
   * changed: variables, `state`, optimizer and what is remembered are as before the step.
   */
  step(...batches: Batch[]): Promise<StepReport>;
  /**
   * For an optimizer or a loop of one's own: the gradients that `step` would give to the optimizer, of a
   * trainer that was created without one. The variables stay as they are. Everything else is as in `step`: the
   * combiner's memory and the number of steps go on, what the losses change in `state` stays, and an error
   * leaves all as it was. So call it once for each step of training.
   */
  combineGradients(...batches: Batch[]): Promise<CombinedGradients>;
  /** Number of steps made, with those of `combineGradients`. */
  readonly steps: number;
  /**
   * All that training needs to go on as if it had never stopped, as plain data. Waits for steps under way.
   */
  checkpoint(): Promise<Checkpoint>;
  /**
   * Goes on from a checkpoint. Throws if it is damaged, or of another model, combiner or optimizer; then
   * nothing has changed.
   */
  restore(checkpoint: Checkpoint): Promise<void>;
  /** Frees the remembered rows, and the outputs of the latest step. */
  dispose(): void;
}

export interface CombinedGradients {
  /**
   * One tensor for each variable, by its name, as `optimizer.applyGradients` of TensorFlow.js takes them: zeros
   * where no loss depends on it, and, as `tf.variableGrads` does, null for one whose `trainable` is false. They
   * are yours to dispose of. Null as a whole where there is nothing to follow: every objective was absent or
   * unreached, or the step was skipped.
   */
  readonly gradients: NamedTensorMap | null;
  readonly report: StepReport;
}

/** Trains variables on several objectives: see `TrainerOptions`. */
export function createTrainer<Batch = void>(options: TrainerOptions<Batch>): Trainer<Batch> {
  const training = startTraining(settle(options));
  const { batchCount, directions } = training;
  const { combiner, optimizer } = training.options;
  const queue = createQueue(() => {
    directions.dispose();
    forgetOutputs(training);
  });
  const checkOpen = () => {
    if (queue.isClosed) throw new Error('The trainer was disposed of while a step was under way.');
  };
  const run = async (batches: Batch[]) => {
    // A batch of type void is given by leaving it out.
    const given = batches.length === 0 && batchCount === 1 ? [undefined as Batch] : batches;
    if (given.length !== batchCount) {
      throw new Error(
        `${combiner.name} takes ${batchCount} independent batches a step, but got ${given.length}.`,
      );
    }
    return queue.add(() => runStep(training, given, checkOpen));
  };
  return {
    async step(...batches) {
      if (optimizer) return (await run(batches)).report;
      throw new Error(
        'This trainer has no optimizer that could make a step. Give createTrainer an `optimizer`, or call combineGradients(batch) and use the gradients yourself.',
      );
    },
    async combineGradients(...batches) {
      if (!optimizer) return run(batches);
      throw new Error(
        'This trainer gives the gradients to its own optimizer: call step(batch). To use them yourself, create a trainer without `optimizer`.',
      );
    },
    get steps() {
      return training.step;
    },
    checkpoint: () => queue.add(() => saveTraining(training)),
    restore: (checkpoint) => queue.add(async () => restoreTraining(training, checkpoint)),
    dispose: () => queue.close(),
  };
}
