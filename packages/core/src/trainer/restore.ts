import * as tf from '@tensorflow/tfjs-core';
import { initialOf } from '../protocol/declared.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { directionsOf } from './directions.ts';
import { optimizerOf } from './restore-optimizer.ts';
import { tensorOf } from './restore-tensor.ts';
import { checkAlive } from './trained-variables.ts';
import type { Training } from './training.ts';

/** Restores a checkpoint. Throws unless it is complete and fits this trainer; then nothing has changed. */
export async function restoreTraining<Batch>(
  training: Training<Batch>,
  checkpoint: Checkpoint,
): Promise<void> {
  const { options, setup } = training;
  const directions = await directionsOf(training);
  const { variables, state, combiner, optimizer } = options;
  const moving = [...variables, ...state];
  checkAlive(moving);
  checkCheckpoint(checkpoint, {
    ...options,
    ...directions.state(),
    initial: initialOf(combiner, setup),
  });
  tf.tidy(() => {
    // This comes before anything changes, because making a tensor may fail.
    const saved = { ...checkpoint.variables, ...checkpoint.state };
    const values = moving.map(({ name }) => tensorOf(saved[name]!));
    const adoptOptimizer = optimizer && optimizerOf(optimizer, checkpoint.optimizer!);
    const remembered = checkpoint.remembered.map((row) => row.map((tensor) => tensor && tensorOf(tensor)));
    for (const [index, variable] of moving.entries()) variable.assign(values[index]!);
    adoptOptimizer?.();
    const { memory, coefficients = null } = checkpoint;
    directions.restore({ remembered, memory, coefficients });
  });
  const { shared, step } = checkpoint;
  training.shared = shared && variables.map(({ name }) => shared.includes(name));
  training.step = step;
}
