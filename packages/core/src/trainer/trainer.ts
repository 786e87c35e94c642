import type { NamedTensorMap } from '@tensorflow/tfjs-core';
import type { BatchInPieces } from '../forward/pieces.ts';
import { loaded } from '../loaded.ts';
import type { Checkpoint } from './checkpoint.ts';
import { settle, type TrainerOptions } from './options.ts';
import { createQueue } from './queue.ts';
import type { StepReport } from './report.ts';
import { saveTraining } from './save.ts';
import { runStep } from './step.ts';
import { forgetOutputs, startTraining } from './training.ts';

export interface Trainer<Batch> {
  /**
   * Makes one step on a batch, or on as many independent batches as the combiner asks for. Each may be in
   * pieces, made with `inPieces`. You still own the batches and dispose of them. A call waits for earlier calls that have not ended.
   * @throws NonFiniteError, or the error of an objective, the optimizer or the schedule. Then nothing has
   * changed: variables, `state`, optimizer and the trainer's memory are as before the step.
   */
  step(...batches: (Batch | BatchInPieces<Batch>)[]): Promise<StepReport>;
  /**
   * Returns the gradients that `step` would give to the optimizer, for an optimizer or a loop of your own.
   * The trainer must have been created without an optimizer. The variables stay as they are. Everything else
   * is as in `step`: the combiner's memory and the number of steps change, changes of `state` by the losses
   * stay, and an error undoes everything. So call it exactly once for each step of training.
   */
  combineGradients(...batches: (Batch | BatchInPieces<Batch>)[]): Promise<CombinedGradients>;
  /** Number of steps made, including those of `combineGradients`. */
  readonly steps: number;
  /**
   * Everything that training needs to continue as if it had never stopped, as plain data. Waits for steps in
   * progress.
   */
  checkpoint(): Promise<Checkpoint>;
  /**
   * Continues from a checkpoint. Throws if it is damaged, or belongs to another model, combiner or optimizer.
   * Then nothing has changed.
   */
  restore(checkpoint: Checkpoint): Promise<void>;
  /** Frees the remembered rows, and the outputs of the latest step. */
  dispose(): void;
}

export interface CombinedGradients {
  /**
   * One tensor for each variable, by its name, in the form that `optimizer.applyGradients` of TensorFlow.js
   * takes. A tensor is zero if no loss depends on the variable. It is null if the variable's `trainable` is
   * false, as in `tf.variableGrads`. You own the tensors and dispose of them. `gradients` as a whole is null
   * if there is no direction to follow: every objective was absent or unreached, or the step was skipped.
   */
  readonly gradients: NamedTensorMap | null;
  readonly report: StepReport;
}

/**
 * Creates a trainer that trains variables on several objectives: see `TrainerOptions`. Throws if the options
 * are wrong.
 */
export function createTrainer<Batch = void>(options: TrainerOptions<Batch>): Trainer<Batch> {
  const training = startTraining(settle(options));
  const { batchCount } = training;
  const { combiner, optimizer } = training.options;
  const queue = createQueue(() => {
    training.directions?.dispose();
    forgetOutputs(training);
  }, 'The trainer has been disposed of. Create a new one.');
  const checkOpen = () => {
    if (queue.isClosed) throw new Error('The trainer was disposed of while a step was under way.');
  };
  const run = async (batches: (Batch | BatchInPieces<Batch>)[]) => {
    // A batch of type void may be left out.
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
    restore: (checkpoint) =>
      queue.add(async () => {
        const { restoreTraining } = await loaded('checkpoints', import('./restore.ts'));
        return restoreTraining(training, checkpoint);
      }),
    dispose: () => queue.close(),
  };
}
