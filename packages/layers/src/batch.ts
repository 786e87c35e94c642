import { suggestion } from '@scalpel/core/nearest';
import * as tf from '@tensorflow/tfjs-core';

/** One tensor, a list of tensors, or tensors by name. An entry is null where there is no tensor. */
export type Tensors = tf.Tensor | readonly (tf.Tensor | null)[] | Readonly<Record<string, tf.Tensor | null>>;

/**
 * One element of a dataset, as `model.fitDataset` takes it. The first axis of every tensor counts the
 * examples.
 */
export interface Batch {
  /** The model's inputs, in their order or by name. */
  readonly xs: Tensors;
  /** Labels of the model's outputs. An output that is null or left out has no labels in this batch. */
  readonly ys?: Tensors | null;
  /**
   * Weights of the examples, for each output: shape [examples], finite and >= 0. The weight 0 marks an
   * example without a label.
   */
  readonly sampleWeight?: Tensors | null;
}

/**
 * All inputs of the model from one batch, in the model's order. Throws if one is missing, unknown or no
 * tensor.
 */
export function inputsOf(names: readonly string[], xs: unknown): tf.Tensor[] {
  const inputs = tensorsByPosition('xs', 'input', names, xs);
  const missing = inputs.indexOf(null);
  if (missing >= 0) throw new Error(`xs lacks the input "${names[missing]}". Give a tensor for every input.`);
  const tensors = inputs as tf.Tensor[];
  sizeOf(tensors.map((tensor, index) => [`input "${names[index]}"`, tensor]));
  return tensors;
}

/**
 * One entry for each name; null where the batch has none. `what` and `kind` are words for error messages,
 * such as "ys" and "output". Throws on an unknown name, a wrong count, or an entry that is no tensor.
 */
export function tensorsByPosition(
  what: string,
  kind: string,
  names: readonly string[],
  values: unknown,
): (tf.Tensor | null)[] {
  if (values === undefined || values === null) return names.map(() => null);
  if (values instanceof tf.Tensor) {
    if (names.length === 1) return [values];
    throw new Error(
      `${what} is one tensor, but the model has the ${kind}s ${names.join(', ')}. Give tensors by name.`,
    );
  }
  const list = Array.isArray(values) ? inOrder(what, kind, names, values) : byName(what, kind, names, values);
  for (const [index, value] of list.entries()) {
    if (value === null || value instanceof tf.Tensor) continue;
    throw new Error(
      `${what}: what is given for the ${kind} "${names[index]}" is no tensor. Batches hold tensors: make one, or batch the dataset.`,
    );
  }
  return list as (tf.Tensor | null)[];
}

function inOrder(what: string, kind: string, names: readonly string[], values: readonly unknown[]) {
  if (values.length === names.length) return values.map((value) => value ?? null);
  throw new Error(
    `${what} has ${values.length} tensors, but the model has ${names.length} ${kind}s: ${names.join(', ')}. Give one for each, or tensors by name.`,
  );
}

function byName(what: string, kind: string, names: readonly string[], values: unknown) {
  if (typeof values !== 'object') {
    throw new Error(
      `${what} is a ${typeof values}, but must be a tensor, a list of tensors, or tensors by name.`,
    );
  }
  const given = values as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new Error(`${what}: the model has no ${kind} "${name}". ${suggestion(name, names)}`);
  }
  return names.map((name) => given[name] ?? null);
}

/** The number of examples, which is the length of the first axis. Throws if the tensors disagree. */
export function sizeOf(tensors: readonly (readonly [what: string, tensor: tf.Tensor])[]): number {
  const [first, ...others] = tensors;
  const size = (what: string, tensor: tf.Tensor) => {
    if (tensor.rank > 0) return tensor.shape[0]!;
    throw new Error(`${what} is a single number, but must have its examples along the first axis.`);
  };
  if (!first) return 0;
  const examples = size(...first);
  for (const [what, tensor] of others) {
    const own = size(what, tensor);
    if (own === examples) continue;
    throw new Error(
      `${what} has ${own} examples, but ${first[0]} has ${examples}. All tensors of a batch have the same examples.`,
    );
  }
  return examples;
}
