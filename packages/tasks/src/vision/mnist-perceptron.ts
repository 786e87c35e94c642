import { cosineSchedule, type Task, wholeNumber } from '@scalpel/core';
import { addN, type Rank, type Tensor, type Tensor2D, train } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import type { LabelledImages } from '../datasets/mnist.ts';
import type { NumberOption } from '../number-option.ts';
import { normals, STREAM } from '../random.ts';
import { dropoutMasks, type RegularisationOptions, withDecay } from '../regularisation.ts';
import { type Part, type Parts, partsOf, splitExamples } from '../splits.ts';
import { createVariable } from '../variables.ts';
import { largestSingularValue } from './exact-norm.ts';
import { imageTensor, labelTensor } from './images.ts';
import { createPerceptron, type Dense, perceptron } from './perceptron.ts';
import { logSpectralNorm } from './spectral-norm.ts';
import type { ValidationOption } from './training-options.ts';

/*
 * A perceptron 784 → 256 → 128 → 10 with ReLU on MNIST, and its smoothness log Π ‖W_l‖₂ over the three
 * kernels. The product of the spectral norms bounds how fast the outputs can change with the image. Training
 * uses Adam at 3e-4 and a cosine schedule whose first 5 % are warm-up: arXiv 2402.02998, section 3.
 */

const WIDTHS = [784, 256, 128, 10] as const;
export const CLASSES = 10;
const RATE = 3e-4;
/**
 * Power iterations per training step. Few are enough: the vectors are kept, and the kernels hardly move in
 * between.
 */
const ITERATIONS = 2;

/**
 * Images [batch, 784], with pixels of mean 0 and deviation 1, and their one-hot labels [batch, 10]. With
 * dropout also the masks of the hidden layers.
 */
export type ImageBatch = {
  readonly images: Tensor2D;
  readonly labels: Tensor2D;
  readonly masks?: Tensor2D[];
};

/** The length of the training, and its data. */
interface Course extends ValidationOption, RegularisationOptions {
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images per step. */
  readonly batch: number;
  /** Number of training images. The first ones are taken. */
  readonly images: number;
}

/** Schema of the number of images, at most 60,000. */
export const mnistImages: NumberOption = v.optional(v.pipe(wholeNumber(1), v.maxValue(60_000)), 60_000);

export interface MnistPerceptron {
  /** The parts on which tasks evaluate themselves, with at most this number of images of each. */
  readonly parts: (most?: number) => Parts<Part<LabelledImages>>;
  readonly layers: readonly Dense[];
  /** The parts that tasks on this network have in common: all but objectives and evaluation. */
  readonly task: Omit<Task<ImageBatch>, 'objectives' | 'evaluate'>;
  /** From images [examples, 784] to logits [examples, 10]. */
  outputs(images: Tensor2D, masks?: readonly Tensor2D[]): Tensor2D;
  /**
   * The smoothness for training. It can be differentiated. A call moves the vectors of the power iteration,
   * which are the state of the task.
   */
  smoothness(): Tensor;
  /** The smoothness, exact to float64 rounding. */
  exactSmoothness(): Promise<number>;
}

/** The network and its data. `id` is the name of the task, and the names of the variables begin with it. */
export async function mnistPerceptron(
  id: string,
  { epochs, batch, images, validation, weightDecay, dropout }: Course,
  seed: number,
): Promise<MnistPerceptron> {
  // This module is loaded here because only this part needs a file system.
  const { mnist } = await import('../datasets/mnist.ts');
  const data = mnist();
  const split = splitExamples(images, validation);
  const { stepsPerEpoch, at } = shuffledBatches({ examples: split.train.length, batch, seed });
  const steps = epochs * stepsPerEpoch;
  const layers = createPerceptron(id, WIDTHS, seed);
  const vectors = layers.map(({ kernel }, layer) => {
    const size = kernel.shape[1];
    const start = normals(size, 1, seed, STREAM.weights, layers.length + layer);
    return createVariable<Rank.R2>(`${id}/dense${layer + 1}/singular-vector`, start, [size, 1], false);
  });
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  return {
    parts: (most) => partsOf(data, split, Math.min(images, data.test.count), most),
    layers,
    task: {
      variables,
      state: vectors,
      optimizer: () => withDecay(train.adam(RATE), weightDecay, variables),
      schedule: cosineSchedule({ rate: RATE, steps, warmup: Math.round(0.05 * steps) }),
      steps,
      stepsPerEpoch,
      batch: (step) => ({
        ...imageBatch(
          data.train,
          at(step).map((example) => split.train[example]!),
        ),
        ...(dropout !== undefined && {
          masks: dropoutMasks(dropout, batch, WIDTHS.slice(1, -1), seed, step),
        }),
      }),
      dispose: () => {
        for (const variable of [...variables, ...vectors]) variable.dispose();
      },
    },
    outputs: (given, masks) => perceptron(layers, given, masks),
    smoothness: () =>
      addN(layers.map(({ kernel }, layer) => logSpectralNorm(kernel, vectors[layer]!, ITERATIONS))),
    exactSmoothness: async () => {
      const norms = await Promise.all(layers.map(({ kernel }) => largestSingularValue(kernel)));
      return norms.reduce((sum, norm) => sum + Math.log(norm), 0);
    },
  };
}

/** The chosen images of a part, and their labels. */
export function imageBatch(part: LabelledImages, chosen: Int32Array): ImageBatch {
  return { images: imageTensor(part, chosen), labels: labelTensor(part, chosen, CLASSES) };
}
