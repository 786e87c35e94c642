import { type Tensor2D, type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { permutation } from '../batches.ts';
import type { LabelledImages } from '../datasets/mnist.ts';
import { STREAM } from '../random.ts';
import { firstExamples, type Split } from '../splits.ts';
import { mnistScale } from './images.ts';
import { paint, pictureTensor, SIDE } from './pictures.ts';

/**
 * The moves of the two digits. A digit is at most 20 × 20 pixels large and its centre of mass is in the middle
 * of its image, so all but a few hundredths of the brightness stays in the picture. The pictures are those of MultiMNIST, 36 × 36 pixels
 * with one digit 8 pixels to the right of and below the other, without their border of 4 pixels.
 */
const MOVE = 4;
const LEFT = { right: -MOVE, down: -MOVE, mirrored: false };
const RIGHT = { right: MOVE, down: MOVE, mirrored: false };

/** Pictures with two digits each, by the number of the left one. */
export interface Pairs {
  readonly left: LabelledImages;
  /** The number of the right digit of each pair. */
  readonly partners: Int32Array;
  /** The class of the right digit of each pair. */
  readonly rightLabels: Uint8Array;
}

/**
 * Pairs for training and testing. Every digit is once on the left and once on the right, and both digits of a
 * pair are of the same part: those of validation pictures are in no training picture. The pairs are the same
 * for all seeds.
 */
export function digitPairs(
  { train, test }: { readonly train: LabelledImages; readonly test: LabelledImages },
  split: Split,
  tested: number,
): { readonly train: Pairs; readonly test: Pairs } {
  return {
    train: pairsOf(train, [split.train, split.validation]),
    test: pairsOf(test, [firstExamples(tested)]),
  };
}

function pairsOf(left: LabelledImages, parts: readonly Int32Array[]): Pairs {
  const partners = new Int32Array(left.count);
  for (const part of parts) {
    const order = permutation(part.length, STREAM.second);
    for (const [index, example] of part.entries()) partners[example] = part[order[index]!]!;
  }
  const rightLabels = Uint8Array.from(partners, (partner) => left.labels[partner]!);
  return { left, partners, rightLabels };
}

/** The chosen pictures, [chosen, 28, 28, 1]. At each pixel the brighter digit shows. */
export function pairTensor({ left, partners }: Pairs, chosen: Int32Array): Tensor4D {
  const other = new Uint8Array(SIDE * SIDE);
  return pictureTensor(chosen.length, mnistScale, (row, picture) => {
    const example = chosen[row]!;
    paint(left.images, example, LEFT, picture);
    other.fill(0);
    paint(left.images, partners[example]!, RIGHT, other);
    for (const [at, pixel] of other.entries()) picture[at] = Math.max(picture[at]!, pixel);
  });
}

/** The right digits of the chosen pictures alone, [chosen, 784], with pixels from 0 to 1. */
export function rightTensor({ left, partners }: Pairs, chosen: Int32Array): Tensor2D {
  const pixels = new Uint8Array(chosen.length * SIDE * SIDE);
  for (const [row, example] of chosen.entries()) {
    const picture = pixels.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
    paint(left.images, partners[example]!, RIGHT, picture);
  }
  return tensor2d(
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [chosen.length, SIDE * SIDE],
  );
}
