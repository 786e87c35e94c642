import {
  checkOptions,
  type Objective,
  shared,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import { exp, logSoftmax, mul, sum, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { LabelledImages } from '../datasets/mnist.ts';
import { type RegularisationOptions, regularisationOptions } from '../regularisation.ts';
import { evaluateParts, type Part } from '../splits.ts';
import { crossEntropy } from './cross-entropy.ts';
import { CLASSES, type ImageBatch, imageBatch, mnistImages, mnistPerceptron } from './mnist-perceptron.ts';
import type { Dense } from './perceptron.ts';
import { squaredNorm } from './squared-norm.ts';
import { enoughImages, TOO_FEW_IMAGES, type ValidationOption, validationOption } from './training-options.ts';

/*
 * Up to four levels on MNIST, in any order, for the perceptron of smooth-mnist, 784 → 256 → 128 → 10 with
 * ReLU:
 *
 *   cross-entropy    of the labels
 *   smoothness       log Π ‖W_l‖₂ over the kernels (arXiv 2402.02998, section 3)
 *   norm             ½ Σ ‖W_l‖² over the kernels
 *   confidence       Σ p log p, the negative entropy of the outputs p: the penalty on confident outputs of Pereyra, Tucker, Chorowski, Kaiser, Hinton,
 *                    "Regularizing Neural Networks by Penalizing Confident Output Distributions", 2017, arXiv 1701.06548
 *
 * The optimizer and the schedule are those of smooth-mnist.
 */

const ID = 'mnist-levels';
const NAMES = ['cross-entropy', 'smoothness', 'norm', 'confidence'] as const;
/** Number of images that are evaluated at a time. */
const CHUNK = 1000;

type Name = (typeof NAMES)[number];

export interface MnistLevelsOptions extends ValidationOption, RegularisationOptions {
  /**
   * The objectives to train, the most important first. All four are evaluated. Default: cross-entropy,
   * smoothness, norm, confidence.
   */
  readonly order?: readonly Name[];
  /** Passes over the training images. Default 2. */
  readonly epochs?: number;
  /** Images per step. Default 128. */
  readonly batch?: number;
  /**
   * Number of training images, and the largest number of test images. The first ones are taken. Default
   * 60,000, all of them.
   */
  readonly images?: number;
}

const schema = v.pipe(
  v.strictObject({
    order: v.optional(
      v.pipe(
        v.array(v.picklist(NAMES)),
        v.minLength(1, 'Must name an objective'),
        v.check((order) => new Set(order).size === order.length, 'Names an objective twice'),
        v.readonly(),
      ),
      NAMES,
    ),
    epochs: v.optional(wholeNumber(1), 2),
    batch: v.optional(wholeNumber(1), 128),
    images: mnistImages,
    ...validationOption,
    ...regularisationOptions,
  }),
  v.forward(
    v.check((options) => enoughImages(options), TOO_FEW_IMAGES),
    ['batch'],
  ),
);

/**
 * The task. All four objectives are evaluated on all its images; `smoothness` and `norm` are the same on all
 * parts. Its metrics are `train/accuracy` and the same for the other parts.
 */
export async function mnistLevels(options: MnistLevelsOptions = {}, seed = 0): Promise<Task<ImageBatch>> {
  const { order, ...course } = checkOptions(ID, schema, options);
  const { parts, layers, task, ...network } = await mnistPerceptron(ID, course, seed);
  const outputs = shared(({ images, masks }: ImageBatch) => network.outputs(images, masks));
  const losses: Readonly<Record<Name, Objective<ImageBatch>['loss']>> = {
    'cross-entropy': (batch) => crossEntropy(outputs(batch), batch.labels),
    smoothness: network.smoothness,
    norm: () => squaredNorm(task.variables),
    confidence: (batch) => negativeEntropy(outputs(batch)),
  };
  return {
    ...task,
    objectives: order.map((name, priority) => ({ name, priority, loss: losses[name] })),
    evaluate: async (most) => {
      const smoothness = await network.exactSmoothness();
      const norm = await exactNorm(layers);
      return evaluateParts(parts(most), async (part) => {
        const { crossEntropy, confidence, accuracy } = await evaluate(part, outputs);
        return {
          losses: { 'cross-entropy': crossEntropy, smoothness, norm, confidence },
          metrics: { accuracy },
        };
      });
    },
  };
}

/** ½ Σ ‖W_l‖² over the kernels, in float64. */
async function exactNorm(layers: readonly Dense[]): Promise<number> {
  const kernels = await Promise.all(layers.map(({ kernel }) => kernel.data<'float32'>()));
  return kernels.reduce(
    (total, values) => total + values.reduce((sum, weight) => sum + (weight * weight) / 2, 0),
    0,
  );
}

/**
 * Mean over the examples of Σ p log p, in nats. It is −log 10 if all classes are equally likely, and at most
 * 0.
 */
function negativeEntropy(logits: Tensor2D): Tensor {
  const logarithms = logSoftmax(logits);
  return mul(1 / logits.shape[0], sum(mul(exp(logarithms), logarithms)));
}

/**
 * Means over the images of a part in float64, and the accuracy: the fraction of these whose label has the
 * largest output.
 */
async function evaluate(
  { data, examples }: Part<LabelledImages>,
  outputs: (batch: ImageBatch) => Tensor2D,
): Promise<{ readonly crossEntropy: number; readonly confidence: number; readonly accuracy: number }> {
  let [crossEntropy, confidence, correct] = [0, 0, 0];
  const count = examples.length;
  for (let start = 0; start < count; start += CHUNK) {
    const chosen = examples.subarray(start, start + CHUNK);
    const logarithms = tidy(() => logSoftmax(outputs(imageBatch(data, chosen))));
    const values = await logarithms.data<'float32'>();
    logarithms.dispose();
    for (const [row, example] of chosen.entries()) {
      const own = values.subarray(row * CLASSES, (row + 1) * CLASSES);
      const label = own[data.labels[example]!]!;
      crossEntropy -= label;
      confidence += own.reduce((total, logarithm) => total + Math.exp(logarithm) * logarithm, 0);
      if (own.every((logarithm) => logarithm <= label)) correct++;
    }
  }
  return { crossEntropy: crossEntropy / count, confidence: confidence / count, accuracy: correct / count };
}

export const mnistLevelsDefinition: TaskDefinition = {
  id: ID,
  title: 'MNIST on several levels',
  summary:
    'Digits, classified by a perceptron that should also be smooth, small and not too sure, in any order of importance.',
  version: 1,
  objectives: NAMES,
  options: schema,
  create: mnistLevels,
};
