import { checkOptions, cosineSchedule, type Task, type TaskDefinition } from '@scalpel/core';
import { addN, type Rank, type Tensor2D, train } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { shuffledBatches } from '../batches.ts';
import type { LabelledImages } from '../datasets/mnist.ts';
import { bloopPaper } from '../paper.ts';
import { normals, STREAM } from '../random.ts';
import { createVariable } from '../variables.ts';
import { classify } from './classify.ts';
import { crossEntropy } from './cross-entropy.ts';
import { largestSingularValue } from './exact-norm.ts';
import { imageTensor, labelTensor } from './images.ts';
import { createPerceptron, perceptron } from './perceptron.ts';
import { logSpectralNorm } from './spectral-norm.ts';

/*
 *   cross-entropy of a perceptron 784 → 256 → 128 → 10 with ReLU on MNIST,      smoothness log Π ‖W_l‖₂ over its three kernels
 *
 * The product of spectral norms bounds how fast the outputs can change with the image. Adam at 3e-4, batches of 256, a cosine
 * schedule whose first 5 % are warm-up: arXiv 2402.02998, section 3 and figure 3a, where a run has 100 epochs.
 */

const ID = 'smooth-mnist';
const WIDTHS = [784, 256, 128, 10] as const;
const CLASSES = 10;
const RATE = 3e-4;
/** Power iterations per training step; the vectors stay warm, and the kernels hardly move in between. */
const ITERATIONS = 2;

/** Images [batch, 784], pixels of mean 0 and deviation 1, and their labels [batch, 10], one-hot. */
export type ImageBatch = { readonly images: Tensor2D; readonly labels: Tensor2D };

export interface SmoothMnistOptions {
  /** Passes over the training images, 234 steps each. Default 5. */
  readonly epochs?: number;
  /** Images per step, default 256. */
  readonly batch?: number;
  /** Takes only the first so many images to train on, and at most as many to test on. Default 60,000, all of them. */
  readonly images?: number;
}

const schema = z
  .strictObject({
    epochs: z.int().positive().default(5),
    batch: z.int().positive().default(256),
    images: z.int().positive().max(60_000).default(60_000),
  })
  .refine(({ batch, images }) => batch <= images, {
    path: ['batch'],
    error: 'Must be at most the number of images',
  });

/** Evaluates on all images it was given; `smoothness` is the same on both parts. Metrics: `train/accuracy` and `test/accuracy`. */
export async function smoothMnist(options: SmoothMnistOptions = {}, seed = 0): Promise<Task<ImageBatch>> {
  const { epochs, batch, images } = checkOptions(ID, schema, options);
  // Loaded here, for only this part needs a file system.
  const { mnist } = await import('../datasets/mnist.ts');
  const data = mnist();
  const batches = shuffledBatches({ examples: images, batch, seed });
  const steps = epochs * batches.stepsPerEpoch;
  const layers = createPerceptron(ID, WIDTHS, seed);
  const vectors = layers.map(({ kernel }, layer) => {
    const size = kernel.shape[1];
    const start = normals(size, 1, seed, STREAM.weights, layers.length + layer);
    return createVariable<Rank.R2>(`${ID}/dense${layer + 1}/singular-vector`, start, [size, 1], false);
  });
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  return {
    objectives: [
      {
        name: 'cross-entropy',
        priority: 0,
        loss: ({ images, labels }) => crossEntropy(perceptron(layers, images), labels),
      },
      {
        name: 'smoothness',
        priority: 1,
        loss: () =>
          addN(layers.map(({ kernel }, layer) => logSpectralNorm(kernel, vectors[layer]!, ITERATIONS))),
      },
    ],
    variables,
    state: vectors,
    optimizer: () => train.adam(RATE),
    schedule: cosineSchedule({ rate: RATE, steps, warmup: Math.round(0.05 * steps) }),
    steps,
    stepsPerEpoch: batches.stepsPerEpoch,
    batch: (step) => {
      const chosen = batches.at(step);
      return { images: imageTensor(data.train, chosen), labels: labelTensor(data.train, chosen, CLASSES) };
    },
    evaluate: async () => {
      const evaluated = async (part: LabelledImages) => {
        const outputs = (chosen: Int32Array) => [perceptron(layers, imageTensor(part, chosen))] as const;
        const [result] = await classify([part.labels], Math.min(images, part.count), outputs);
        return result;
      };
      const trained = await evaluated(data.train);
      const tested = await evaluated(data.test);
      const norms = await Promise.all(layers.map(({ kernel }) => largestSingularValue(kernel)));
      const smoothness = norms.reduce((sum, norm) => sum + Math.log(norm), 0);
      return {
        train: { 'cross-entropy': trained.crossEntropy, smoothness },
        test: { 'cross-entropy': tested.crossEntropy, smoothness },
        metrics: { 'train/accuracy': trained.accuracy, 'test/accuracy': tested.accuracy },
      };
    },
    dispose: () => {
      for (const variable of [...variables, ...vectors]) variable.dispose();
    },
  };
}

export const smoothMnistDefinition: TaskDefinition = {
  id: ID,
  title: 'Smooth MNIST',
  summary: 'Digits, classified by a perceptron whose layers should have small spectral norms.',
  paper: bloopPaper,
  version: 1,
  objectives: ['cross-entropy', 'smoothness'],
  options: schema,
  create: smoothMnist,
};
