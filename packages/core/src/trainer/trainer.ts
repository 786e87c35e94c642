import type { Checkpoint } from './checkpoint.ts';
import { settle, type TrainerOptions } from './options.ts';
import { createQueue } from './queue.ts';
import type { StepReport } from './report.ts';
import { restoreTraining, saveTraining } from './save-and-restore.ts';
import { runStep } from './step.ts';
import { startTraining } from './training.ts';

export interface Trainer<Batch> {
  /**
   * One step on a batch, or on as many independent batches as the combiner asks for. The batches stay yours
   * to dispose of. Calls made before an earlier one has ended wait for it.
   * @throws NonFiniteError, or whatever an objective, the optimizer or the schedule throws; then nothing has changed: variables, `state`, optimizer and
   * what is remembered are as before the step.
   */
  step(...batches: Batch[]): Promise<StepReport>;
  /** Number of steps made. */
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
  /** Frees the remembered rows. */
  dispose(): void;
}

/** Trains variables on several objectives: see `TrainerOptions`. */
export function createTrainer<Batch = void>(options: TrainerOptions<Batch>): Trainer<Batch> {
  const training = startTraining(settle(options));
  const { batchCount, directions } = training;
  const queue = createQueue(() => directions.dispose());
  const checkOpen = () => {
    if (queue.isClosed) throw new Error('The trainer was disposed of while a step was under way.');
  };
  return {
    step: (...batches) => {
      // A batch of type void is given by leaving it out.
      const given = batches.length === 0 && batchCount === 1 ? [undefined as Batch] : batches;
      if (given.length !== batchCount) {
        const message = `${training.options.combiner.name} takes ${batchCount} independent batches a step, but got ${given.length}.`;
        return Promise.reject(new Error(message));
      }
      return queue.add(() => runStep(training, given, checkOpen));
    },
    get steps() {
      return training.step;
    },
    checkpoint: () => queue.add(() => saveTraining(training)),
    restore: (checkpoint) => queue.add(async () => restoreTraining(training, checkpoint)),
    dispose: () => queue.close(),
  };
}
