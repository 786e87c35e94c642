import { checkOptions, shared, type Task, type TaskDefinition } from '@scalpel/core';
import { mul, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import type { LabelledImages } from '../datasets/mnist.ts';
import { bloopPaper } from '../paper.ts';
import { STREAM } from '../random.ts';
import { dropoutMasks } from '../regularisation.ts';
import { evaluateParts, partsOf, splitExamples } from '../splits.ts';
import { classify } from './classify.ts';
import { createCnn } from './cnn.ts';
import { crossEntropy } from './cross-entropy.ts';
import { digitInCorner } from './digit-in-corner.ts';
import { fashionMnistScale, labelTensor } from './images.ts';
import { nesterov } from './nesterov.ts';
import { dense } from './perceptron.ts';
import { type Placement, paint, pictureTensor, placements, UNMOVED } from './pictures.ts';
import { createResnet18 } from './resnet-18.ts';
import { enoughImages, TOO_FEW_IMAGES, type TrainingOptions, trainingOptions } from './training-options.ts';
import { CLASSES, twoClassifications, twoHeads } from './two-classifications.ts';

/*
 *   cross-entropy of the clothing,      cross-entropy of the digit,      both in one picture, by two heads on one network
 *
 * Image i of Fashion-MNIST has image i of MNIST in its upper left corner, half as wide and half as high. The
 * task stands for Cifar10Mnist of arXiv 2402.02998, section 3 and figure 4 (made as in arXiv 2308.12243),
 * which has objects of CIFAR-10 instead of clothes, and a ResNet-18. Clothes are moved and mirrored; digits
 * are not.
 */

const ID = 'fashion-and-digits';

const networks = { cnn: createCnn, 'resnet-18': createResnet18 };

/**
 * Pictures [batch, 28, 28, 1], one-hot labels [batch, 10] of the clothing and of the digit, and with dropout a
 * mask of the features.
 */
export type TwofoldBatch = {
  readonly pictures: Tensor4D;
  readonly clothing: Tensor2D;
  readonly digits: Tensor2D;
  readonly mask?: Tensor2D;
};

export interface FashionAndDigitsOptions extends TrainingOptions {
  /** Three convolutions (`cnn`, default), or the 11 million parameters of `resnet-18`, which needs a GPU. */
  readonly network?: 'cnn' | 'resnet-18';
}

const schema = v.pipe(
  v.strictObject({ network: v.optional(v.picklist(['cnn', 'resnet-18']), 'cnn'), ...trainingOptions }),
  v.forward(
    v.check((options) => enoughImages(options), TOO_FEW_IMAGES),
    ['batch'],
  ),
);

/**
 * The task. It is evaluated on unmoved clothes. Its metrics are `train/clothing-accuracy`,
 * `train/digit-accuracy`, and the same for the other parts.
 */
export async function fashionAndDigits(
  options: FashionAndDigitsOptions = {},
  seed = 0,
): Promise<Task<TwofoldBatch>> {
  const {
    network: kind,
    epochs,
    batch,
    images,
    rate,
    validation,
    weightDecay,
    dropout,
  } = checkOptions(ID, schema, options);
  // These modules are loaded here because only this part needs a file system.
  const { fashionMnist } = await import('../datasets/fashion-mnist.ts');
  const { mnist } = await import('../datasets/mnist.ts');
  const train = { clothes: fashionMnist().train, digits: mnist().train };
  const test = { clothes: fashionMnist().test, digits: mnist().test };
  const split = splitExamples(images, validation);
  const { stepsPerEpoch, at } = shuffledBatches({ examples: split.train.length, batch, seed });
  const steps = epochs * stepsPerEpoch;
  const network = networks[kind](ID, seed);
  const { clothing, digit, variables } = twoHeads(ID, network, seed);
  const features = shared(({ pictures, mask }: TwofoldBatch): Tensor2D => {
    const found = network.features(pictures);
    return mask ? mul(found, mask) : found;
  });
  return {
    objectives: [
      {
        name: 'clothing',
        priority: 0,
        loss: (batch) => crossEntropy(dense(clothing, features(batch)), batch.clothing),
      },
      {
        name: 'digit',
        priority: 1,
        loss: (batch) => crossEntropy(dense(digit, features(batch)), batch.digits),
      },
    ],
    variables,
    ...nesterov(rate, steps, { weightDecay, variables }),
    steps,
    stepsPerEpoch,
    batch: (step) => {
      const chosen = at(step).map((example) => split.train[example]!);
      return {
        pictures: pictured(train, chosen, placements(batch, seed, STREAM.placement, step)),
        clothing: labelTensor(train.clothes, chosen, CLASSES),
        digits: labelTensor(train.digits, chosen, CLASSES),
        ...(dropout !== undefined && { mask: dropoutMasks(dropout, batch, [network.width], seed, step)[0]! }),
      };
    },
    evaluate: (most) => {
      const parts = partsOf({ train, test }, split, Math.min(images, test.clothes.count), most);
      return evaluateParts(parts, async ({ data: { clothes, digits }, examples }) => {
        const both = await classify([clothes.labels, digits.labels], examples, (chosen) => {
          const found = network.features(pictured({ clothes, digits }, chosen));
          return [dense(clothing, found), dense(digit, found)];
        });
        return twoClassifications(...both);
      });
    },
    dispose: () => {
      for (const variable of variables) variable.dispose();
    },
  };
}

interface Images {
  readonly clothes: LabelledImages;
  readonly digits: LabelledImages;
}

function pictured({ clothes, digits }: Images, chosen: Int32Array, placed?: readonly Placement[]): Tensor4D {
  return pictureTensor(chosen.length, fashionMnistScale, (row, picture) => {
    paint(clothes.images, chosen[row]!, placed?.[row] ?? UNMOVED, picture);
    digitInCorner(digits.images, chosen[row]!, picture);
  });
}

export const fashionAndDigitsDefinition: TaskDefinition = {
  id: ID,
  title: 'Fashion and digits',
  summary: 'Clothes with a digit in the corner of the picture: one network, two heads.',
  paper: bloopPaper,
  version: 1,
  objectives: ['clothing', 'digit'],
  options: schema,
  create: fashionAndDigits,
};
