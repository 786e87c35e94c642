import { randomFrom } from '@scalpel/core';
import { permutation } from '../batches.ts';
import { LABEL_STREAM } from '../random.ts';

/** The first examples of each class, the same number of each, in rising order. */
export function examplesByClass(labels: ArrayLike<number>, classes: number, each: number): Int32Array[] {
  const found = Array.from({ length: classes }, (): number[] => []);
  for (let example = 0; example < labels.length; example++) {
    const own = found[labels[example]!]!;
    if (own.length < each) own.push(example);
  }
  return found.map((examples) => Int32Array.from(examples));
}

/**
 * The first examples of each class, fewer from class to class: their number falls geometrically from all to
 * all / ratio, rounded, and at least 1. The seed determines which classes are rare. In rising order.
 */
export function longTailed(byClass: readonly Int32Array[], ratio: number, seed: number): Int32Array {
  const order = permutation(byClass.length, seed, LABEL_STREAM.frequency);
  const kept = byClass.map((examples, place) => {
    const share = ratio ** (-order[place]! / Math.max(1, byClass.length - 1));
    return [...examples.subarray(0, Math.max(1, Math.round(examples.length * share)))];
  });
  return Int32Array.from(kept.flat()).sort();
}

/**
 * A copy of the labels in which a share of these examples, rounded, has a wrong class. Every wrong class is
 * equally likely.
 */
export function withWrongLabels(
  labels: Uint8Array,
  examples: Int32Array,
  { share, classes, seed }: { readonly share: number; readonly classes: number; readonly seed: number },
): Uint8Array {
  // A Buffer is a Uint8Array too, and its slice is no copy.
  const result = Uint8Array.from(labels);
  const random = randomFrom(seed, LABEL_STREAM.wrong, 1);
  const order = permutation(examples.length, seed, LABEL_STREAM.wrong);
  for (const place of order.subarray(0, Math.round(share * examples.length))) {
    const example = examples[place]!;
    const steps = 1 + Math.floor(random() * (classes - 1));
    result[example] = (labels[example]! + steps) % classes;
  }
  return result;
}
