import * as tf from '@tensorflow/tfjs-core';
import type { Settled } from './objective.ts';

type OfOutput = Extract<Settled, { outputName: string }>;

/**
 * The labels in the shape that the objective's loss takes. Throws if they have another shape or type, since
 * TensorFlow.js would broadcast them or compute a meaningless loss.
 */
export function labelsFor(objective: OfOutput, labels: tf.Tensor, prediction: tf.Tensor): tf.Tensor {
  const { name, outputName, lossName } = objective;
  const where = `Objective "${name}": the labels of output "${outputName}"`;
  const dtype: string = labels.dtype;
  if (dtype === 'string' || dtype === 'complex64') {
    throw new Error(
      `${where} are of type ${dtype}, but must be numbers. Turn them into class numbers first.`,
    );
  }
  const [examples] = prediction.shape;
  if (labels.shape[0] !== examples) {
    throw new Error(`${where} are for ${labels.shape[0] ?? 'no'} examples, but the output has ${examples}.`);
  }
  if (lossName === null) return labels;
  const { shape } = prediction;
  const fits = (wanted: readonly number[]) => tf.util.arraysEqual(labels.shape, [...wanted]);
  if (lossName === 'sparseCategoricalCrossentropy') {
    if (fits(shape.slice(0, -1)) || fits([...shape.slice(0, -1), 1])) return labels;
    throw new Error(
      `${where} have shape [${labels.shape}], but ${lossName} takes one class number for each of [${shape.slice(0, -1)}]. ` +
        `${fits(shape) ? 'Of one-hot labels the loss is categoricalCrossentropy.' : `The output has shape [${shape}].`}`,
    );
  }
  if (fits(shape)) return labels;
  if (shape.at(-1) === 1 && fits(shape.slice(0, -1))) return tf.expandDims(labels, -1);
  const areClasses =
    lossName === 'categoricalCrossentropy' && labels.size * shape.at(-1)! === prediction.size;
  throw new Error(
    `${where} have shape [${labels.shape}], but ${lossName} takes the output's, which is [${shape}]. ` +
      (areClasses
        ? 'Of class numbers the loss is sparseCategoricalCrossentropy.'
        : 'Reshape the labels, or change the layer.'),
  );
}

/**
 * The labels, with 0 for the examples of weight 0. Those labels may be anything, and even NaN must not reach
 * the loss.
 */
export function withoutUnlabelled(labels: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const isLabelled = tf.broadcastTo(alongExamples(tf.notEqual(weights, 0), labels.rank), labels.shape);
  return tf.where(isLabelled, labels, tf.zerosLike(labels));
}

/**
 * Weights a loss (one value per example, or per element of an example) and takes the mean over all examples,
 * as Keras does. `weights` has shape [examples]; null if all are 1. Throws if the loss is no tensor or cannot
 * be weighted.
 */
export function meanLoss(name: string, loss: tf.Tensor, weights: tf.Tensor | null): tf.Scalar {
  if (!(loss instanceof tf.Tensor)) {
    throw new Error(
      `Objective "${name}": its loss answered with ${String(loss)}, but must answer with a tensor.`,
    );
  }
  if (weights === null) return tf.mean(loss) as tf.Scalar;
  if (loss.rank === 0 || loss.shape[0] !== weights.shape[0]) {
    throw new Error(
      `Objective "${name}": its loss has shape [${loss.shape}], so the examples cannot be weighted. Answer with one value for each of the ${weights.shape[0]}.`,
    );
  }
  return tf.mean(tf.mul(loss, alongExamples(weights, loss.rank))) as tf.Scalar;
}

function alongExamples(weights: tf.Tensor, rank: number): tf.Tensor {
  return tf.reshape(weights, [weights.shape[0]!, ...Array<number>(rank - 1).fill(1)]);
}
