import * as tf from '@tensorflow/tfjs-core';
import { type Batch, inputsOf, sizeOf, tensorsByPosition } from './batch.ts';

/** Weights of an output's classes, by class number. */
export type ClassWeights = Readonly<Record<number, number>>;

/** A checked batch. Its labels and weights are lists with one entry per output of the model. */
export interface Prepared extends Batch {
  readonly xs: tf.Tensor[];
  readonly ys: (tf.Tensor | null)[];
  readonly sampleWeight: (tf.Tensor | null)[];
  readonly size: number;
  /** The indices of the examples with a label, for each output; null if all have one. */
  readonly labelled: readonly (readonly number[] | null)[];
}

/** The names of a model's inputs and outputs, which its data uses. */
export interface Named {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/**
 * Checks a batch before a step uses it: names, sizes, and the weights of its examples, which are read. An
 * output has no labels if all its examples have weight 0. The new tensors are all in `sampleWeight`; the
 * caller disposes of them.
 */
export async function prepared(
  { inputNames, outputNames }: Named,
  batch: Batch,
  classes: readonly (ClassWeights | null)[],
): Promise<Prepared> {
  checkBatch(batch);
  const xs = inputsOf(inputNames, batch.xs);
  const ys = tensorsByPosition('ys', 'output', outputNames, batch.ys);
  const weights = tensorsByPosition('sampleWeight', 'output', outputNames, batch.sampleWeight);
  const given = (what: string, list: readonly (tf.Tensor | null)[]) =>
    list.flatMap((tensor, index) =>
      tensor ? [[`${what} of "${outputNames[index]}"`, tensor] as const] : [],
    );
  const size = sizeOf([['xs', xs[0]!], ...given('ys', ys), ...given('sampleWeight', weights)]);
  const values: (Float32Array | null)[] = [];
  for (const [index, labels] of ys.entries()) {
    values.push(
      labels && (await valuesOf(outputNames[index]!, labels, weights[index]!, classes[index] ?? null)),
    );
  }
  const isUnlabelled = values.map((list) => list?.every((weight) => weight === 0) ?? false);
  return {
    xs,
    ys: ys.map((labels, index) => (isUnlabelled[index] ? null : labels)),
    sampleWeight: values.map((list, index) => (list && !isUnlabelled[index] ? tf.tensor1d(list) : null)),
    size,
    labelled: values.map((list) =>
      list?.includes(0) ? [...list.keys()].filter((example) => list[example] !== 0) : null,
    ),
  };
}

function checkBatch(batch: unknown): void {
  const { xs } = (batch ?? {}) as { readonly xs?: unknown };
  if (typeof batch === 'object' && xs !== undefined && xs !== null) return;
  throw new Error(
    'The dataset gives elements without `xs`. Give { xs, ys }, as in tf.data.zip({ xs, ys }).batch(32), or map its elements to that.',
  );
}

/** The weight of each example: its own times that of its class. Null if all are 1. */
async function valuesOf(
  output: string,
  labels: tf.Tensor,
  weights: tf.Tensor | null,
  classes: ClassWeights | null,
): Promise<Float32Array | null> {
  if (weights === null && classes === null) return null;
  if (weights && weights.rank !== 1) {
    throw new Error(
      `sampleWeight of "${output}" has shape [${weights.shape}], but must have one number for each example.`,
    );
  }
  const values = weights
    ? Float32Array.from(await weights.data<'float32'>())
    : new Float32Array(labels.shape[0]!).fill(1);
  const bad = values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (bad >= 0) {
    throw new Error(
      `sampleWeight of "${output}": that of example ${bad} is ${values[bad]}, but must be finite and >= 0.`,
    );
  }
  if (classes === null) return values;
  const numbers = await classNumbers(output, labels);
  return values.map((weight, example) => weight * weightOf(output, classes, numbers[example]!));
}

async function classNumbers(output: string, labels: tf.Tensor): Promise<ArrayLike<number>> {
  if (labels.rank === 1 || (labels.rank === 2 && labels.shape[1] === 1)) return labels.data();
  if (labels.rank !== 2) {
    throw new Error(
      `classWeight of "${output}": labels of shape [${labels.shape}] have no class for each example. Give \`sampleWeight\` instead.`,
    );
  }
  const numbers = tf.argMax(labels, 1);
  try {
    return await numbers.data();
  } finally {
    numbers.dispose();
  }
}

function weightOf(output: string, classes: ClassWeights, number: number): number {
  const weight = classes[number];
  if (weight !== undefined) return weight;
  throw new Error(
    `classWeight of "${output}": there is none for class ${number}, which is among the labels. Known: ${Object.keys(classes).join(', ')}.`,
  );
}
