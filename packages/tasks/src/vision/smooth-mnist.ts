import { checkOptions, type Task, type TaskDefinition, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import { bloopPaper } from '../paper.ts';
import { type RegularisationOptions, regularisationOptions } from '../regularisation.ts';
import { evaluateParts } from '../splits.ts';
import { classifyOnce } from './classify.ts';
import { crossEntropy } from './cross-entropy.ts';
import { imageTensor } from './images.ts';
import { type ImageBatch, mnistImages, mnistPerceptron } from './mnist-perceptron.ts';
import { enoughImages, TOO_FEW_IMAGES, type ValidationOption, validationOption } from './training-options.ts';

/*
 *   cross-entropy of a perceptron 784 → 256 → 128 → 10 with ReLU on MNIST,      smoothness log Π ‖W_l‖₂ over its three kernels
 *
 * Batches of 256: arXiv 2402.02998, section 3 and figure 3a, where a run has 100 epochs.
 */

const ID = 'smooth-mnist';

export interface SmoothMnistOptions extends ValidationOption, RegularisationOptions {
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

const schema = v.pipe(
  v.strictObject({
    epochs: v.optional(wholeNumber(1), 5),
    batch: v.optional(wholeNumber(1), 256),
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
 * The task. It is evaluated on all its images; `smoothness` is the same on all parts. Its metrics are
 * `train/accuracy` and the same for the other parts.
 */
export async function smoothMnist(options: SmoothMnistOptions = {}, seed = 0): Promise<Task<ImageBatch>> {
  const course = checkOptions(ID, schema, options);
  const { task, parts, outputs, smoothness, exactSmoothness } = await mnistPerceptron(ID, course, seed);
  return {
    ...task,
    objectives: [
      {
        name: 'cross-entropy',
        priority: 0,
        loss: ({ images, labels, masks }) => crossEntropy(outputs(images, masks), labels),
      },
      { name: 'smoothness', priority: 1, loss: smoothness },
    ],
    evaluate: async (most) => {
      const exact = await exactSmoothness();
      return evaluateParts(parts(most), async ({ data, examples }) => {
        const { crossEntropy, accuracy } = await classifyOnce(data.labels, examples, (chosen) =>
          outputs(imageTensor(data, chosen)),
        );
        return { losses: { 'cross-entropy': crossEntropy, smoothness: exact }, metrics: { accuracy } };
      });
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
