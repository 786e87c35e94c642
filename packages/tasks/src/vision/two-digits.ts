import {
  checkOptions,
  cosineSchedule,
  finiteNumber,
  shared,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import {
  dispose,
  keep,
  mean,
  mul,
  type Scalar,
  sigmoid,
  squaredDifference,
  type Tensor2D,
  type Tensor4D,
  train,
} from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import { STREAM } from '../random.ts';
import {
  dropoutMasks,
  type RegularisationOptions,
  regularisationOptions,
  withDecay,
} from '../regularisation.ts';
import { evaluateParts, type Measured, type Part, partsOf, splitExamples } from '../splits.ts';
import { classify } from './classify.ts';
import { crossEntropy } from './cross-entropy.ts';
import { labelTensor } from './images.ts';
import { createLenet } from './lenet.ts';
import { mnistImages } from './mnist-perceptron.ts';
import { createDense, dense } from './perceptron.ts';
import { enoughImages, TOO_FEW_IMAGES, type ValidationOption, validationOption } from './training-options.ts';
import { CLASSES } from './two-classifications.ts';
import { digitPairs, type Pairs, pairTensor, rightTensor } from './two-digits-pairs.ts';

/*
 *   left     cross-entropy of the digit at the upper left
 *   right    cross-entropy of the digit at the lower right; or the mean squared error over the pixels of that digit alone
 *
 * Two digits in one picture overlap as in MultiMNIST (Sabour, Frosst, Hinton, NeurIPS 2017, arXiv 1710.09829;
 * for multi-task learning Sener, Koltun, NeurIPS 2018, arXiv 1810.04650), seen by one LeNet with two heads.
 * Classifying both is much the same work for the network. Reconstruction asks 50 features for much that a
 * class does not need. Training uses Adam and a cosine schedule whose first 5 % are warm-up.
 */

const ID = 'two-digits';

/**
 * Pictures [batch, 28, 28, 1], one-hot labels of the left digit, and for the right one either labels or its
 * pixels [batch, 784]. With dropout also a mask of the features.
 */
export type PairBatch = {
  readonly pictures: Tensor4D;
  readonly left: Tensor2D;
  readonly right: Tensor2D;
  readonly mask?: Tensor2D;
};

export interface TwoDigitsOptions extends ValidationOption, RegularisationOptions {
  /** What is asked of the right digit. Default `class`. */
  readonly right?: 'class' | 'pixels';
  /** Passes over the training pictures. Default 20. */
  readonly epochs?: number;
  /** Pictures per step. Default 256. */
  readonly batch?: number;
  /** Number of training pictures, and the largest number of test pictures. Default 60,000, all of them. */
  readonly images?: number;
  /** Learning rate after the warm-up. Default 0.001. */
  readonly rate?: number;
}

const schema = v.pipe(
  v.strictObject({
    right: v.optional(v.picklist(['class', 'pixels']), 'class'),
    epochs: v.optional(wholeNumber(1), 20),
    batch: v.optional(wholeNumber(1), 256),
    images: mnistImages,
    rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1e-3),
    ...validationOption,
    ...regularisationOptions,
  }),
  v.forward(
    v.check((options) => enoughImages(options), TOO_FEW_IMAGES),
    ['batch'],
  ),
);

/** The task. Its metrics are `train/left-accuracy`, `train/right-accuracy` if the right digit is classified, and the same for the other parts. */
export async function twoDigits(options: TwoDigitsOptions = {}, seed = 0): Promise<Task<PairBatch>> {
  const course = checkOptions(ID, schema, options);
  const { right: wanted, epochs, batch, images, rate, validation, weightDecay, dropout } = course;
  // This module is loaded here because only this part needs a file system.
  const { mnist } = await import('../datasets/mnist.ts');
  const digits = mnist();
  const split = splitExamples(images, validation);
  const tested = Math.min(images, digits.test.count);
  const data = digitPairs(digits, split, tested);
  const { stepsPerEpoch, at } = shuffledBatches({ examples: split.train.length, batch, seed });
  const steps = epochs * stepsPerEpoch;
  const network = createLenet(ID, seed);
  const isClass = wanted === 'class';
  const left = createDense(`${ID}/left`, network.width, CLASSES, seed, STREAM.heads, 0);
  const outputs = isClass ? CLASSES : digits.train.pixels;
  const right = createDense(`${ID}/right`, network.width, outputs, seed, STREAM.heads, 1);
  const variables = [...network.variables, left.kernel, left.bias, right.kernel, right.bias];
  const features = shared(({ pictures, mask }: PairBatch): Tensor2D => {
    const found = network.features(pictures);
    return mask ? mul(found, mask) : found;
  });
  const rightLoss = isClass ? crossEntropy : reconstructionError;

  async function evaluated({ data: pairs, examples }: Part<Pairs>): Promise<Measured> {
    const labels = isClass ? [pairs.left.labels, pairs.rightLabels] : [pairs.left.labels];
    const errors: { readonly error: Scalar; readonly count: number }[] = [];
    const [ofLeft, ofRight] = await classify(labels, examples, (chosen): Tensor2D[] => {
      const found = network.features(pairTensor(pairs, chosen));
      if (isClass) return [dense(left, found), dense(right, found)];
      const error = keep(reconstructionError(dense(right, found), rightTensor(pairs, chosen)));
      errors.push({ error, count: chosen.length });
      return [dense(left, found)];
    });
    let sum = 0;
    for (const { error, count } of errors) sum += (await error.data())[0]! * count;
    dispose(errors.map(({ error }) => error));
    return {
      losses: { left: ofLeft!.crossEntropy, right: ofRight?.crossEntropy ?? sum / examples.length },
      metrics: {
        'left-accuracy': ofLeft!.accuracy,
        ...(ofRight && { 'right-accuracy': ofRight.accuracy }),
      },
    };
  }

  return {
    objectives: [
      { name: 'left', priority: 0, loss: (batch) => crossEntropy(dense(left, features(batch)), batch.left) },
      { name: 'right', priority: 1, loss: (batch) => rightLoss(dense(right, features(batch)), batch.right) },
    ],
    variables,
    optimizer: () => withDecay(train.adam(rate), weightDecay, variables),
    schedule: cosineSchedule({ rate, steps, warmup: Math.round(0.05 * steps) }),
    steps,
    stepsPerEpoch,
    batch: (step) => {
      const chosen = at(step).map((example) => split.train[example]!);
      const pairs = data.train;
      return {
        pictures: pairTensor(pairs, chosen),
        left: labelTensor(pairs.left, chosen, CLASSES),
        right: isClass
          ? labelTensor({ labels: pairs.rightLabels }, chosen, CLASSES)
          : rightTensor(pairs, chosen),
        ...(dropout !== undefined && { mask: dropoutMasks(dropout, batch, [network.width], seed, step)[0]! }),
      };
    },
    evaluate: (most) => evaluateParts(partsOf(data, split, tested, most), evaluated),
    dispose: () => {
      for (const variable of variables) variable.dispose();
    },
  };
}

/** The mean squared error of the pixels, which are the sigmoid of the outputs. */
function reconstructionError(outputs: Tensor2D, pixels: Tensor2D): Scalar {
  return mean<Scalar>(squaredDifference(sigmoid(outputs), pixels));
}

export const twoDigitsDefinition: TaskDefinition = {
  id: ID,
  title: 'Two digits',
  summary:
    'Two overlapping digits in one picture: classify the left one, and classify or reconstruct the right one.',
  paper: {
    title: 'Multi-Task Learning as Multi-Objective Optimization',
    authors: 'Sener, Koltun',
    year: 2018,
    arxiv: '1810.04650',
  },
  version: 1,
  objectives: ['left', 'right'],
  options: schema,
  create: twoDigits,
};
