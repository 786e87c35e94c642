import {
  checkOptions,
  cosineSchedule,
  finiteNumber,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import { type Tensor2D, train } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import { jacobianDescentPaper } from '../paper.ts';
import { evaluateParts, splitExamples } from '../splits.ts';
import { classesOf, measureClasses, type PartByClass } from './by-class.ts';
import { crossEntropies } from './cross-entropy.ts';
import { imageTensor, labelTensor } from './images.ts';
import { examplesByClass, longTailed, withWrongLabels } from './impaired.ts';
import { createPerceptron, perceptron } from './perceptron.ts';
import type { ValidationOption } from './training-options.ts';

/*
 * The cross-entropy of each example is an objective of its own: instance-wise risk minimisation, arXiv
 * 2406.16232, section 6. With the mean of all rows this is the usual training.
 *
 * A perceptron 784 → 64 → 10 with ReLU on MNIST, SGD with a cosine schedule. A share of the labels can be wrong, and
 * some classes can be rare, both in the training data alone: validation and test data are clean and balanced.
 */

const ID = 'instance-wise-risk';
const CLASSES = 10;
const WIDTHS = [784, 64, CLASSES] as const;
/** All classes of MNIST have as many training images, and as many test images. */
const MOST_IMAGES = 54_000;
const MOST_TESTED = 8900;

export interface InstanceWiseRiskOptions extends ValidationOption {
  /** The share of the training labels that are wrong, from 0, below 1. Default 0. */
  readonly noise?: number;
  /**
   * How many times as many training images the most frequent class has as the rarest. Default 1: all classes
   * are equally frequent. The numbers of the others lie between, at equal ratios.
   */
  readonly imbalance?: number;
  /** Passes over the training images. Default 20. */
  readonly epochs?: number;
  /** Images per step. Default 32. */
  readonly batch?: number;
  /**
   * Number of training images, before `imbalance` leaves some out, and largest number of test images. As many
   * of each class, so it is a multiple of 10. Default 2000.
   */
  readonly images?: number;
  /** Learning rate at the start. Default 0.05. */
  readonly rate?: number;
}

/** Images [batch, 784], with pixels of mean 0 and deviation 1, and their one-hot labels [batch, 10]. */
export type LabelledBatch = { readonly images: Tensor2D; readonly labels: Tensor2D };

const OF_EACH = 'Must be a multiple of 10, for as many of each class';
const ofEach = v.pipe(wholeNumber(CLASSES), v.multipleOf(CLASSES, OF_EACH));

const schema = v.pipe(
  v.strictObject({
    noise: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0),
    imbalance: v.optional(v.pipe(finiteNumber, v.minValue(1)), 1),
    epochs: v.optional(wholeNumber(1), 20),
    batch: v.optional(wholeNumber(1), 32),
    images: v.optional(v.pipe(ofEach, v.maxValue(MOST_IMAGES)), 2000),
    rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.05),
    validation: v.optional(ofEach),
  }),
  v.forward(
    v.check(({ images, validation = 0 }) => validation < images, 'Must be below the number of images'),
    ['validation'],
  ),
);

/**
 * The task. Its metrics are `train/worst-class-error`, the largest share of wrong answers in a class, and
 * `train/accuracy`, and the same for the other parts. The training data are evaluated with the labels that
 * they have.
 */
export async function instanceWiseRisk(
  options: InstanceWiseRiskOptions = {},
  seed = 0,
): Promise<Task<LabelledBatch>> {
  const { epochs, batch, rate, ...course } = checkOptions(ID, schema, options);
  const { train: trained, validation, test } = await partsOf(course, seed);
  const { stepsPerEpoch, at } = shuffledBatches({ examples: trained.examples.length, batch, seed });
  const steps = epochs * stepsPerEpoch;
  const layers = createPerceptron(ID, WIDTHS, seed);
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  const outputs = (images: Tensor2D) => perceptron(layers, images);
  return {
    objectives: [
      {
        name: 'cross-entropy',
        priority: 0,
        perExample: true,
        loss: ({ images, labels }) => crossEntropies(outputs(images), labels),
      },
    ],
    variables,
    optimizer: () => train.sgd(rate),
    schedule: cosineSchedule({ rate, steps }),
    steps,
    stepsPerEpoch,
    batch: (step) => {
      const chosen = at(step).map((place) => trained.examples[place]!);
      return {
        images: imageTensor(trained.data, chosen),
        labels: labelTensor(trained.data, chosen, CLASSES),
      };
    },
    evaluate: (most) =>
      evaluateParts(
        {
          train: classesOf(trained, most),
          validation: validation && classesOf(validation, most),
          test: classesOf(test, most),
        },
        (part: PartByClass) => measureClasses(part, outputs),
      ),
    dispose: () => {
      for (const variable of variables) variable.dispose();
    },
  };
}

/** The examples of each part. All but those that train are balanced and have their true labels. */
async function partsOf(
  {
    noise,
    imbalance,
    images,
    validation = 0,
  }: Required<Pick<InstanceWiseRiskOptions, 'noise' | 'imbalance' | 'images'>> & ValidationOption,
  seed: number,
) {
  // This module is loaded here because only this part needs a file system.
  const { mnist } = await import('../datasets/mnist.ts');
  const data = mnist();
  const of = (part: typeof data.train, each: number) => examplesByClass(part.labels, CLASSES, each);
  const split = splitExamples(images / CLASSES, validation / CLASSES);
  const all = of(data.train, images / CLASSES);
  const chosen = (places: Int32Array) => all.map((own) => places.map((place) => own[place]!));
  const trained = longTailed(chosen(split.train), imbalance, seed);
  const labels = withWrongLabels(data.train.labels, trained, { share: noise, classes: CLASSES, seed });
  const together = (own: readonly Int32Array[]) => Int32Array.from(own.flatMap((e) => [...e])).sort();
  return {
    train: { data: { ...data.train, labels }, examples: trained },
    validation: validation > 0 ? { data: data.train, examples: together(chosen(split.validation)) } : null,
    test: {
      data: data.test,
      examples: together(of(data.test, Math.min(images, MOST_TESTED) / CLASSES)),
    },
  };
}

export const instanceWiseRiskDefinition: TaskDefinition = {
  id: ID,
  title: 'Instance-wise risk',
  summary: 'Digits, where each example is an objective of its own. Labels can be wrong, and classes rare.',
  paper: jacobianDescentPaper,
  version: 1,
  objectives: ['cross-entropy'],
  measures: ['worst-class-error'],
  options: schema,
  create: instanceWiseRisk,
};
