import type { Variable } from '@tensorflow/tfjs-core';
import { STREAM } from '../random.ts';
import type { Measured } from '../splits.ts';
import type { Classification } from './classify.ts';
import type { Network } from './network.ts';
import { createDense, type Dense } from './perceptron.ts';

/** The number of classes of clothes, and of digits. */
export const CLASSES = 10;

/**
 * Two linear layers on top of a network, one for clothes and one for digits, with the variables of all three.
 */
export function twoHeads(
  id: string,
  { width, variables }: Network,
  seed: number,
): { readonly clothing: Dense; readonly digit: Dense; readonly variables: readonly Variable[] } {
  const clothing = createDense(`${id}/clothing`, width, CLASSES, seed, STREAM.heads, 0);
  const digit = createDense(`${id}/digit`, width, CLASSES, seed, STREAM.heads, 1);
  return {
    clothing,
    digit,
    variables: [...variables, clothing.kernel, clothing.bias, digit.kernel, digit.bias],
  };
}

/**
 * The measurements of a task with two heads: cross-entropies as objectives `clothing` and `digit`, accuracies
 * as metrics.
 */
export function twoClassifications(clothing: Classification, digit: Classification): Measured {
  return {
    losses: { clothing: clothing.crossEntropy, digit: digit.crossEntropy },
    metrics: { 'clothing-accuracy': clothing.accuracy, 'digit-accuracy': digit.accuracy },
  };
}
