import * as tf from '@tensorflow/tfjs-core';
import { type Accumulator, fieldsInUse, inOrder, isOf } from './optimizer-fields.ts';
import type { OptimizerState } from './optimizer-state.ts';
import { checkAlike, damaged, tensorOf } from './restore-tensor.ts';

/**
 * Throws unless the state is that of this kind of optimizer for these variables, or both state and optimizer
 * are absent.
 */
export function checkOptimizerState(
  optimizer: tf.Optimizer | undefined,
  state: OptimizerState | null,
  variables: readonly tf.Variable[],
): void {
  if (!optimizer || !state) {
    if (!optimizer && !state) return;
    throw new Error(
      `The checkpoint was made with ${state ? 'an' : 'no'} optimizer, but the trainer has ${optimizer ? 'one' : 'none'}. Create it with the same.`,
    );
  }
  const { iterations, scalars, accumulators } = state;
  const fields = fieldsInUse(optimizer).map(([field]) => field);
  const saved = [...Object.keys(scalars), ...Object.keys(accumulators)];
  if (fields.sort().join() !== saved.sort().join()) {
    throw new Error(
      `The checkpoint's optimizer kept [${saved}], but ${optimizer.getClassName()} keeps [${fields}]. ` +
        'Create the trainer with the kind of optimizer that the checkpoint was made with.',
    );
  }
  const byName = inOrder(variables);
  for (const [field, list] of Object.entries(accumulators)) {
    const where = `optimizer.accumulators.${field}`;
    if (list.length === 0) {
      if (iterations === 0 || isNeverFilled(optimizer, field)) continue;
      throw damaged(`${where} is empty after ${iterations} iterations`);
    }
    const tensors = list.map(({ tensor }) => tensor);
    checkAlike(where, byName, tensors);
    for (const [index, { name }] of list.entries()) {
      if (isOf(name, byName[index])) continue;
      throw damaged(`${where}.${index}.name is "${name}" where "${byName[index]!.name}" is trained`);
    }
  }
  for (const [field, { shape }] of Object.entries(scalars)) {
    const own = (optimizer as unknown as Record<string, unknown>)[field];
    if (own instanceof tf.Variable && tf.util.arraysEqual([...shape], own.shape)) continue;
    throw damaged(`optimizer.scalars.${field} has shape [${shape}]`);
  }
}

/** Makes the tensors. Returns a function that adopts them, which cannot fail. Call it in a tidy. */
export function optimizerOf(optimizer: tf.Optimizer, state: OptimizerState): () => void {
  const scalars = Object.entries(state.scalars).map(([field, saved]) => [field, tensorOf(saved)] as const);
  const accumulators = Object.entries(state.accumulators).map(
    ([field, list]) => [field, list.map(({ name, tensor }) => ({ name, tensor: tensorOf(tensor) }))] as const,
  );
  const fields = optimizer as unknown as Record<string, unknown>;
  return () => {
    fields.iterations_ = state.iterations;
    for (const [field, tensor] of scalars) (fields[field] as tf.Variable).assign(tensor);
    for (const [field, list] of accumulators) {
      tf.dispose((fields[field] as Accumulator[]).map(({ variable }) => variable));
      fields[field] = list.map(
        ({ name, tensor }): Accumulator => ({ originalName: name, variable: tf.variable(tensor, false) }),
      );
    }
  };
}

/** RMSProp has a list for its centred form. The list stays empty in the other form. */
function isNeverFilled(optimizer: tf.Optimizer, field: string): boolean {
  return field === 'accumulatedMeanGrads' && 'centered' in optimizer && !optimizer.centered;
}
