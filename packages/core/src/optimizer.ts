import * as tf from '@tensorflow/tfjs-core';
import { type SavedTensor, saveTensor, tensorOf } from './saved-tensor.ts';

/** What a `tf.train` optimizer carries from step to step, to the last bit. */
export interface OptimizerState {
  readonly iterations: number;
  /** Scalars such as Adam's powers of β, by field. TensorFlow.js's own `setWeights` recomputes them, which is not the same bits. */
  readonly scalars: Readonly<Record<string, SavedTensor>>;
  /** Lists of one accumulator per variable, by field. */
  readonly accumulators: Readonly<
    Record<string, readonly { readonly name: string; readonly tensor: SavedTensor }[]>
  >;
}

interface Accumulator {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** TensorFlow.js optimizers have no common way to set the rate: SGD and momentum hold it in a tensor, the others in a number. */
export function setLearningRate(optimizer: tf.Optimizer, rate: number): void {
  const target = optimizer as unknown as { learningRate?: number; setLearningRate?: (rate: number) => void };
  if (target.setLearningRate) target.setLearningRate(rate);
  else target.learningRate = rate;
}

/** Throws if a schedule could not set the rate of this optimizer. */
export function checkHasLearningRate(optimizer: tf.Optimizer): void {
  if (!('learningRate' in optimizer) && !('setLearningRate' in optimizer)) {
    throw new Error(
      `The optimizer ${optimizer.getClassName()} has no learning rate to schedule. Leave out \`schedule\`, or use one of tf.train.*.`,
    );
  }
}

export async function saveOptimizer(optimizer: tf.Optimizer): Promise<OptimizerState> {
  const scalars: Record<string, SavedTensor> = {};
  const accumulators: Record<string, { name: string; tensor: SavedTensor }[]> = {};
  for (const [field, value] of Object.entries(optimizer)) {
    if (value instanceof tf.Variable) scalars[field] = await saveTensor(value);
    else if (isAccumulators(value)) {
      accumulators[field] = [];
      for (const { originalName, variable } of value) {
        accumulators[field].push({ name: originalName, tensor: await saveTensor(variable) });
      }
    }
  }
  return { iterations: optimizer.iterations, scalars, accumulators };
}

/** Throws if the state is that of another kind of optimizer; then nothing has changed. */
export function checkOptimizer(optimizer: tf.Optimizer, { scalars, accumulators }: OptimizerState): void {
  const fields = Object.entries(optimizer)
    .filter(([, value]) => value instanceof tf.Variable || isAccumulators(value))
    .map(([field]) => field);
  const saved = [...Object.keys(scalars), ...Object.keys(accumulators)];
  if (fields.sort().join() !== saved.sort().join()) {
    throw new Error(
      `The checkpoint's optimizer kept [${saved}], but ${optimizer.getClassName()} keeps [${fields}]. ` +
        'Create the trainer with the kind of optimizer that the checkpoint was made with.',
    );
  }
}

export function restoreOptimizer(optimizer: tf.Optimizer, state: OptimizerState): void {
  const fields = optimizer as unknown as Record<string, unknown>;
  fields.iterations_ = state.iterations;
  tf.tidy(() => {
    for (const [field, saved] of Object.entries(state.scalars)) {
      (fields[field] as tf.Variable).assign(tensorOf(saved));
    }
    for (const [field, saved] of Object.entries(state.accumulators)) {
      tf.dispose((fields[field] as Accumulator[]).map(({ variable }) => variable));
      fields[field] = saved.map(
        ({ name, tensor }): Accumulator => ({
          originalName: name,
          variable: tf.variable(tensorOf(tensor), false),
        }),
      );
    }
  });
}

function isAccumulators(value: unknown): value is Accumulator[] {
  return Array.isArray(value) && value.every((item) => item?.variable instanceof tf.Variable);
}
