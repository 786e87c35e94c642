import { checkOptions, type Task, type TaskDefinition } from '@scalpel/core';
import { z } from 'zod';
import type { LabelledImages } from '../datasets/mnist.ts';
import { bloopPaper } from '../paper.ts';
import { classifyOnce } from './classify.ts';
import { crossEntropy } from './cross-entropy.ts';
import { imageTensor } from './images.ts';
import { type ImageBatch, mnistImages, mnistPerceptron } from './mnist-perceptron.ts';
import { enoughImages, tooFewImages } from './training-options.ts';

/*
 *   cross-entropy of a perceptron 784 → 256 → 128 → 10 with ReLU on MNIST,      smoothness log Π ‖W_l‖₂ over its three kernels
 *
 * Batches of 256: arXiv 2402.02998, section 3 and figure 3a, where a run has 100 epochs.
 */

const ID = 'smooth-mnist';

export interface SmoothMnistOptions {
  /** Passes over the training images, of 234 steps each. Default 5. */
  readonly epochs?: number;
  /** Images per step. Default 256. */
  readonly batch?: number;
  /**
   * Number of training images, and the largest number of test images. The first ones are taken. Default
   * 60,000, all of them.
   */
  readonly images?: number;
}

const schema = z
  .strictObject({
    epochs: z.int().positive().default(5),
    batch: z.int().positive().default(256),
    images: mnistImages,
  })
  .refine(enoughImages, tooFewImages);

/**
 * The task. It is evaluated on all its images; `smoothness` is the same on both parts. Its metrics are
 * `train/accuracy` and `test/accuracy`.
 */
export async function smoothMnist(options: SmoothMnistOptions = {}, seed = 0): Promise<Task<ImageBatch>> {
  const course = checkOptions(ID, schema, options);
  const { data, task, outputs, smoothness, exactSmoothness } = await mnistPerceptron(ID, course, seed);
  const evaluated = (part: LabelledImages) =>
    classifyOnce(part.labels, Math.min(course.images, part.count), (chosen) =>
      outputs(imageTensor(part, chosen)),
    );
  return {
    ...task,
    objectives: [
      {
        name: 'cross-entropy',
        priority: 0,
        loss: ({ images, labels }) => crossEntropy(outputs(images), labels),
      },
      { name: 'smoothness', priority: 1, loss: smoothness },
    ],
    evaluate: async () => {
      const trained = await evaluated(data.train);
      const tested = await evaluated(data.test);
      const exact = await exactSmoothness();
      return {
        train: { 'cross-entropy': trained.crossEntropy, smoothness: exact },
        test: { 'cross-entropy': tested.crossEntropy, smoothness: exact },
        metrics: { 'train/accuracy': trained.accuracy, 'test/accuracy': tested.accuracy },
      };
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
