import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LabelledImages } from '../datasets/mnist.ts';
import type { Measured, Part } from '../splits.ts';
import { classifyOnce } from './classify.ts';
import { imageTensor } from './images.ts';

/** A part of the data, with the numbers of its examples by their label. Classes without an example are left out. */
export interface PartByClass {
  readonly data: LabelledImages;
  readonly classes: readonly Int32Array[];
}

/** The first examples of a part, at most this many, by their label. */
export function classesOf(
  { data, examples }: Part<LabelledImages>,
  most: number = examples.length,
): PartByClass {
  const few = [...examples.subarray(0, most)];
  return {
    data,
    classes: [...Map.groupBy(few, (example) => data.labels[example]!).values()].map((own) =>
      Int32Array.from(own),
    ),
  };
}

/** The cross-entropy and the accuracy of all examples, and the share of wrong answers in the worst class. */
export async function measureClasses(
  { data, classes }: PartByClass,
  outputs: (images: Tensor2D) => Tensor2D,
): Promise<Measured> {
  const count = classes.reduce((sum, { length }) => sum + length, 0);
  let [entropy, correct, worst] = [0, 0, 0];
  for (const examples of classes) {
    const own = await classifyOnce(data.labels, examples, (chosen) => outputs(imageTensor(data, chosen)));
    const right = Math.round(own.accuracy * examples.length);
    entropy += own.crossEntropy * examples.length;
    correct += right;
    worst = Math.max(worst, (examples.length - right) / examples.length);
  }
  return {
    losses: { 'cross-entropy': entropy / count },
    metrics: { accuracy: correct / count, 'worst-class-error': worst },
  };
}
