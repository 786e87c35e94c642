import { checkOptions, type Task, type TaskDefinition } from '@scalpel/core';
import { type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { shuffledBatches } from '../batches.ts';
import type { LabelledImages } from '../datasets/mnist.ts';
import { bloopPaper } from '../paper.ts';
import { STREAM } from '../random.ts';
import { classifyOnce } from './classify.ts';
import { createCnn } from './cnn.ts';
import { crossEntropy } from './cross-entropy.ts';
import { fashionMnistScale, labelTensor } from './images.ts';
import { nesterov } from './nesterov.ts';
import { createDense, dense } from './perceptron.ts';
import { pictured, placements } from './pictures.ts';
import { squaredNorm } from './squared-norm.ts';
import { enoughImages, type TrainingOptions, tooFewImages, trainingOptions } from './training-options.ts';

/*
 *   cross-entropy of a convolutional network on Fashion-MNIST,      ½ Σ w² over its kernels
 *
 * arXiv 2402.02998, section 3 and figure 3b, has ImageNet and a ResNet-50. Batch normalisation in that
 * network turns the size of a kernel into a matter of the learning rate; this network has no batch
 * normalisation. Training uses SGD with Nesterov's momentum, batches of 256, and moved and mirrored images.
 */

const ID = 'weight-decay';
const CLASSES = 10;

/** Pictures [batch, 28, 28, 1] and their one-hot labels [batch, 10]. */
export type PictureBatch = { readonly pictures: Tensor4D; readonly labels: Tensor2D };

export type WeightDecayOptions = TrainingOptions;

const schema = z.strictObject(trainingOptions).refine(enoughImages, tooFewImages);

/**
 * The task. It is evaluated on unmoved images; `squared-norm` is the same on both parts. Its metrics are
 * `train/accuracy` and `test/accuracy`.
 */
export async function weightDecay(options: WeightDecayOptions = {}, seed = 0): Promise<Task<PictureBatch>> {
  const { epochs, batch, images, rate } = checkOptions(ID, schema, options);
  // This module is loaded here because only this part needs a file system.
  const { fashionMnist } = await import('../datasets/fashion-mnist.ts');
  const { train, test } = fashionMnist();
  const { stepsPerEpoch, at } = shuffledBatches({ examples: images, batch, seed });
  const steps = epochs * stepsPerEpoch;
  const network = createCnn(ID, seed);
  const top = createDense(`${ID}/dense`, network.width, CLASSES, seed, STREAM.heads, 0);
  const variables = [...network.variables, top.kernel, top.bias];
  const logits = (pictures: Tensor4D) => dense(top, network.features(pictures));
  const evaluated = (part: LabelledImages) =>
    classifyOnce(part.labels, Math.min(images, part.count), (chosen) =>
      logits(pictured(part.images, fashionMnistScale, chosen)),
    );
  return {
    objectives: [
      {
        name: 'cross-entropy',
        priority: 0,
        loss: ({ pictures, labels }) => crossEntropy(logits(pictures), labels),
      },
      { name: 'squared-norm', priority: 1, loss: () => squaredNorm(variables) },
    ],
    variables,
    ...nesterov(rate, steps),
    steps,
    stepsPerEpoch,
    batch: (step) => {
      const chosen = at(step);
      const placed = placements(batch, seed, STREAM.placement, step);
      return {
        pictures: pictured(train.images, fashionMnistScale, chosen, placed),
        labels: labelTensor(train, chosen, CLASSES),
      };
    },
    evaluate: async () => {
      const trained = await evaluated(train);
      const tested = await evaluated(test);
      const norm = tidy(() => squaredNorm(variables));
      const squared = (await norm.data())[0]!;
      norm.dispose();
      return {
        train: { 'cross-entropy': trained.crossEntropy, 'squared-norm': squared },
        test: { 'cross-entropy': tested.crossEntropy, 'squared-norm': squared },
        metrics: { 'train/accuracy': trained.accuracy, 'test/accuracy': tested.accuracy },
      };
    },
    dispose: () => {
      for (const variable of variables) variable.dispose();
    },
  };
}

export const weightDecayDefinition: TaskDefinition = {
  id: ID,
  title: 'Weight decay',
  summary: 'Clothes, classified by a convolutional network whose weights should be small.',
  paper: bloopPaper,
  version: 1,
  objectives: ['cross-entropy', 'squared-norm'],
  options: schema,
  create: weightDecay,
};
