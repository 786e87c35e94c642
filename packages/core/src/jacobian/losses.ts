import * as tf from '@tensorflow/tfjs-core';
import { described, isPromise } from '../described.ts';
import { sharing } from '../forward/shared.ts';
import { record } from '../tape/record.ts';
import type { Tape } from '../tape/tape.ts';

/** Losses of any shape: a tensor, or a list or record of tensors. */
export type Losses = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** Losses that were computed under a tape. */
export interface RecordedLosses {
  /** Their elements are the losses of the rows, one after another. */
  readonly losses: readonly tf.Tensor[];
  /** One name per row. */
  readonly names: readonly string[];
  /** The shape of the losses, if they are one tensor. */
  readonly shape: readonly number[] | null;
  readonly tape: Tape;
  /** Frees the losses and the tape. */
  dispose(): void;
}

/** Computes the losses and records it. The caller owns the tensors and the tape. */
export function recordLosses(compute: () => Losses, variables: readonly tf.Variable[]): RecordedLosses {
  if (typeof compute !== 'function') {
    throw new Error(
      `jacobian: the losses are ${described(compute)}, but must be a function that computes them, as in jacobian(() => losses, variables): the computation has to be recorded.`,
    );
  }
  const { value, tape } = record(variables, () => sharing(() => taken(compute())));
  const losses = value.map(({ tensor }) => tensor);
  const dispose = () => {
    tape.dispose();
    tf.dispose(losses);
  };
  try {
    checkReach(value, tape, variables);
  } catch (error) {
    dispose();
    throw error;
  }
  tape.keepFor(losses);
  // They outlive a tidy around the call.
  for (const loss of losses) tf.keep(loss);
  return {
    losses,
    names: value.flatMap(({ name, tensor: { shape } }) => namesOf(name, shape)),
    shape: value.length === 1 && value[0]!.name === 'losses' ? losses[0]!.shape : null,
    tape,
    dispose,
  };
}

interface NamedLoss {
  readonly name: string;
  readonly tensor: tf.Tensor;
}

/** Clones of the losses, which may be shared with something else. */
function taken(given: unknown): NamedLoss[] {
  const must = 'the function of the losses must answer with a float32 tensor, or a list or record of such';
  if (isPromise(given)) {
    // Without a handler, a rejection would end the process.
    given.then(undefined, () => undefined);
    throw new Error(`jacobian: ${must}, but it answered with a promise. Prepare its data before the call.`);
  }
  if (typeof given !== 'object' || given === null) {
    throw new Error(`jacobian: ${must}, but it answered with ${described(given)}.`);
  }
  const isList = Array.isArray(given);
  const entries: (readonly [string, unknown])[] =
    given instanceof tf.Tensor
      ? [['losses', given]]
      : Object.entries(given).map(([key, tensor]) => [isList ? `losses[${key}]` : key, tensor]);
  if (entries.length === 0) throw new Error(`jacobian: ${must}, but there are no losses.`);
  return entries.map(([name, tensor]) => {
    if (!(tensor instanceof tf.Tensor))
      throw new Error(`jacobian: ${must}, but ${name} is ${described(tensor)}.`);
    const problem = tensor.isDisposed
      ? 'has been disposed of. Compute it in the function'
      : tensor.dtype !== 'float32'
        ? `is ${tensor.dtype}. Compute it from the variables with differentiable operations`
        : tensor.size === 0
          ? `has shape [${tensor.shape}], and so no element. Leave it out`
          : null;
    if (problem) throw new Error(`jacobian: ${name} ${problem}.`);
    return { name, tensor: tf.clone(tensor) };
  });
}

function checkReach(losses: readonly NamedLoss[], tape: Tape, variables: readonly tf.Variable[]): void {
  if (variables.every(({ trainable }) => !trainable)) {
    throw new Error('jacobian: none of the variables is trainable. Set `trainable` of one to true.');
  }
  const apart = losses.find(({ tensor }) => !tape.reaches(tensor));
  if (apart === undefined) return;
  throw new Error(
    `jacobian: ${apart.name} depends on none of the variables, so its rows would be zero. Leave it out, or compute it from the variables ` +
      'with TensorFlow.js operations (values that were read back have no gradient).',
  );
}

/** The names of the elements of a tensor: `name[i][j]`. */
function namesOf(name: string, shape: readonly number[]): readonly string[] {
  const [length, ...rest] = shape;
  if (length === undefined) return [name];
  return Array.from({ length }, (_, index) => namesOf(`${name}[${index}]`, rest)).flat();
}
