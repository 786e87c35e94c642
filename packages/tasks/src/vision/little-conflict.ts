import { checkOptions, type Task, type TaskDefinition, wholeNumber } from '@scalpel/core';
import { mul, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import type { LabelledImages } from '../datasets/mnist.ts';
import { bloopPaper } from '../paper.ts';
import { STREAM } from '../random.ts';
import { dropoutMasks } from '../regularisation.ts';
import { evaluateParts, type Part, pairedParts, partsOf, splitExamples } from '../splits.ts';
import { classifyOnce } from './classify.ts';
import { createCnn } from './cnn.ts';
import { crossEntropy } from './cross-entropy.ts';
import { fashionMnistScale, labelTensor, mnistScale, type Scale } from './images.ts';
import { nesterov } from './nesterov.ts';
import { type Dense, dense } from './perceptron.ts';
import { pictured, placements } from './pictures.ts';
import { enoughImages, TOO_FEW_IMAGES, type TrainingOptions, trainingOptions } from './training-options.ts';
import { CLASSES, twoClassifications, twoHeads } from './two-classifications.ts';

/*
 *   cross-entropy of clothes (Fashion-MNIST),      cross-entropy of digits (5,000 of MNIST),      two heads on one network, each with pictures of its own
 *
 * The negative result of arXiv 2402.02998 (figure 10, ImageNet and CIFAR-10 in a ResNet-50). The two
 * objectives hardly conflict, so no method should be better than another. If one is, the result is suspect.
 */

const ID = 'little-conflict';
const DIGITS = 5000;

/**
 * For clothes and for digits: pictures [batch, 28, 28, 1] and their one-hot labels [batch, 10]. With dropout
 * also a mask of the features, for clothes and for digits.
 */
export type TwoSetsBatch = {
  readonly clothes: Tensor4D;
  readonly clothing: Tensor2D;
  readonly digits: Tensor4D;
  readonly digit: Tensor2D;
  readonly clothesMask?: Tensor2D;
  readonly digitsMask?: Tensor2D;
};

/**
 * `batch` is the number of clothes in a step, and also the number of digits. `images` is the number of
 * clothes, and the largest possible number of digits. The same share of both is held out for validation.
 */
export type LittleConflictOptions = TrainingOptions;

const schema = v.pipe(
  v.strictObject({ ...trainingOptions, batch: v.optional(v.pipe(wholeNumber(1), v.maxValue(DIGITS)), 256) }),
  v.forward(
    v.check((options) => enoughImages(options), TOO_FEW_IMAGES),
    ['batch'],
  ),
);

/**
 * The task. It is evaluated on unmoved pictures. Its metrics are `train/clothing-accuracy`,
 * `train/digit-accuracy`, and the same for the other parts.
 */
export async function littleConflict(
  options: LittleConflictOptions = {},
  seed = 0,
): Promise<Task<TwoSetsBatch>> {
  const {
    epochs,
    batch,
    images,
    rate,
    validation = 0,
    weightDecay,
    dropout,
  } = checkOptions(ID, schema, options);
  // These modules are loaded here because only this part needs a file system.
  const { fashionMnist } = await import('../datasets/fashion-mnist.ts');
  const { mnist } = await import('../datasets/mnist.ts');
  const clothes = fashionMnist();
  const digits = mnist();
  const digitCount = Math.min(DIGITS, images);
  const ofClothes = splitExamples(images, validation);
  const ofDigits = splitExamples(digitCount, Math.round((digitCount * validation) / images));
  const { stepsPerEpoch, at } = shuffledBatches({ examples: ofClothes.train.length, batch, seed });
  const second = shuffledBatches({ examples: ofDigits.train.length, batch, seed, stream: STREAM.second });
  const network = createCnn(ID, seed);
  const { clothing, digit, variables } = twoHeads(ID, network, seed);
  const logits = (head: Dense, pictures: Tensor4D, mask?: Tensor2D) => {
    const features = network.features(pictures);
    return dense(head, mask ? mul(features, mask) : features);
  };
  const masksOf = (step: number) => {
    if (dropout === undefined) return {};
    const widths = [network.width, network.width];
    const [clothesMask, digitsMask] = dropoutMasks(dropout, batch, widths, seed, step) as [
      Tensor2D,
      Tensor2D,
    ];
    return { clothesMask, digitsMask };
  };
  const evaluated = ({ data, examples }: Part<LabelledImages>, head: Dense, scale: Scale) =>
    classifyOnce(data.labels, examples, (chosen) => logits(head, pictured(data.images, scale, chosen)));
  return {
    objectives: [
      {
        name: 'clothing',
        priority: 0,
        loss: (batch) => crossEntropy(logits(clothing, batch.clothes, batch.clothesMask), batch.clothing),
      },
      {
        name: 'digit',
        priority: 1,
        loss: (batch) => crossEntropy(logits(digit, batch.digits, batch.digitsMask), batch.digit),
      },
    ],
    variables,
    ...nesterov(rate, epochs * stepsPerEpoch, { weightDecay, variables }),
    steps: epochs * stepsPerEpoch,
    stepsPerEpoch,
    batch: (step) => {
      const chosen = at(step).map((example) => ofClothes.train[example]!);
      const chosenDigits = second.at(step).map((example) => ofDigits.train[example]!);
      const placed = placements(2 * batch, seed, STREAM.placement, step);
      // A mirrored digit is not a digit.
      const upright = placed.slice(batch).map((placement) => ({ ...placement, mirrored: false }));
      return {
        clothes: pictured(clothes.train.images, fashionMnistScale, chosen, placed),
        clothing: labelTensor(clothes.train, chosen, CLASSES),
        digits: pictured(digits.train.images, mnistScale, chosenDigits, upright),
        digit: labelTensor(digits.train, chosenDigits, CLASSES),
        ...masksOf(step),
      };
    },
    evaluate: (most) => {
      const first = partsOf(clothes, ofClothes, Math.min(images, clothes.test.count), most);
      const second = partsOf(digits, ofDigits, Math.min(digitCount, digits.test.count), most);
      return evaluateParts(pairedParts(first, second), async ([clothes, digits]) =>
        twoClassifications(
          await evaluated(clothes, clothing, fashionMnistScale),
          await evaluated(digits, digit, mnistScale),
        ),
      );
    },
    dispose: () => {
      for (const variable of variables) variable.dispose();
    },
  };
}

export const littleConflictDefinition: TaskDefinition = {
  id: ID,
  title: 'Little conflict',
  summary: 'Clothes and, in pictures of their own, digits: one network, two heads, and hardly a conflict.',
  paper: bloopPaper,
  version: 1,
  objectives: ['clothing', 'digit'],
  options: schema,
  create: littleConflict,
};
