import type { Evaluation } from '@scalpel/core';
import type { Classification } from './classify.ts';

type Both = readonly [clothing: Classification, digit: Classification];

/** What the tasks with two heads report: cross-entropies as objectives `clothing` and `digit`, accuracies as metrics. */
export function twoClassifications(train: Both, test: Both): Evaluation {
  const losses = ([clothing, digit]: Both) => ({
    clothing: clothing.crossEntropy,
    digit: digit.crossEntropy,
  });
  return {
    train: losses(train),
    test: losses(test),
    metrics: {
      'train/clothing-accuracy': train[0].accuracy,
      'train/digit-accuracy': train[1].accuracy,
      'test/clothing-accuracy': test[0].accuracy,
      'test/digit-accuracy': test[1].accuracy,
    },
  };
}
