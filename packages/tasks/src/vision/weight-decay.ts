import { checkOptions, type Task, type TaskDefinition } from '@scalpel/core';
import { mul, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import { bloopPaper } from '../paper.ts';
import { STREAM } from '../random.ts';
import { dropoutMasks } from '../regularisation.ts';
import { evaluateParts, partsOf, splitExamples } from '../splits.ts';
import { classifyOnce } from './classify.ts';
import { createCnn } from './cnn.ts';
import { crossEntropy } from './cross-entropy.ts';
import { fashionMnistScale, labelTensor } from './images.ts';
import { nesterov } from './nesterov.ts';
import { createDense, dense } from './perceptron.ts';
import { pictured, placements } from './pictures.ts';
import { squaredNorm } from './squared-norm.ts';
import { enoughImages, TOO_FEW_IMAGES, type TrainingOptions, trainingOptions } from './training-options.ts';

/*
 *   cross-entropy of a convolutional network on Fashion-MNIST,      ½ Σ w² over its kernels
 *
 * arXiv 2402.02998, section 3 and figure 3b, has ImageNet and a ResNet-50. Batch normalisation in that
 * network turns the size of a kernel into a matter of the learning rate; this network has no batch
 * normalisation. Training uses SGD with Nesterov's momentum, batches of 256, and moved and mirrored images.
 */

const ID = 'weight-decay';
const CLASSES = 10;

/** Pictures [batch, 28, 28, 1], their one-hot labels [batch, 10], and with dropout a mask of the features. */
export type PictureBatch = {
  readonly pictures: Tensor4D;
  readonly labels: Tensor2D;
  readonly mask?: Tensor2D;
};

export type WeightDecayOptions = TrainingOptions;

const schema = v.pipe(
  v.strictObject(trainingOptions),
  v.forward(
    v.check((options) => enoughImages(options), TOO_FEW_IMAGES),
    ['batch'],
  ),
);

/**
 * The task. It is evaluated on unmoved images; `squared-norm` is the same on all parts. Its metrics are
 * `train/accuracy` and the same for the other parts.
 */
export async function weightDecay(options: WeightDecayOptions = {}, seed = 0): Promise<Task<PictureBatch>> {
  const { epochs, batch, images, rate, validation, weightDecay, dropout } = checkOptions(ID, schema, options);
  // This module is loaded here because only this part needs a file system.
  const { fashionMnist } = await import('../datasets/fashion-mnist.ts');
  const data = fashionMnist();
  const { train } = data;
  const split = splitExamples(images, validation);
  const { stepsPerEpoch, at } = shuffledBatches({ examples: split.train.length, batch, seed });
  const steps = epochs * stepsPerEpoch;
  const network = createCnn(ID, seed);
  const top = createDense(`${ID}/dense`, network.width, CLASSES, seed, STREAM.heads, 0);
  const variables = [...network.variables, top.kernel, top.bias];
  const logits = (pictures: Tensor4D, mask?: Tensor2D) => {
    const features = network.features(pictures);
    return dense(top, mask ? mul(features, mask) : features);
  };
  return {
    objectives: [
      {
        name: 'cross-entropy',
        priority: 0,
        loss: ({ pictures, labels, mask }) => crossEntropy(logits(pictures, mask), labels),
      },
      { name: 'squared-norm', priority: 1, loss: () => squaredNorm(variables) },
    ],
    variables,
    ...nesterov(rate, steps, { weightDecay, variables }),
    steps,
    stepsPerEpoch,
    batch: (step) => {
      const chosen = at(step).map((example) => split.train[example]!);
      const placed = placements(batch, seed, STREAM.placement, step);
      return {
        pictures: pictured(train.images, fashionMnistScale, chosen, placed),
        labels: labelTensor(train, chosen, CLASSES),
        ...(dropout !== undefined && { mask: dropoutMasks(dropout, batch, [network.width], seed, step)[0]! }),
      };
    },
    evaluate: async (most) => {
      const norm = tidy(() => squaredNorm(variables));
      const squared = (await norm.data())[0]!;
      norm.dispose();
      const parts = partsOf(data, split, Math.min(images, data.test.count), most);
      return evaluateParts(parts, async ({ data: { labels, images }, examples }) => {
        const { crossEntropy, accuracy } = await classifyOnce(labels, examples, (chosen) =>
          logits(pictured(images, fashionMnistScale, chosen)),
        );
        return { losses: { 'cross-entropy': crossEntropy, 'squared-norm': squared }, metrics: { accuracy } };
      });
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
