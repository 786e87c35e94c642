import type { Evaluation } from '@scalpel/core';
import { permutation } from './batches.ts';
import { STREAM } from './random.ts';

/** The numbers of the examples of a training set, by their use, in rising order. */
export interface Split {
  readonly train: Int32Array;
  /** Examples that choose settings. Training never sees them. Empty without a validation part. */
  readonly validation: Int32Array;
}

/**
 * Splits the examples 0 … count − 1. The split depends on the two numbers alone: it is the same for all seeds,
 * so no run trains on examples by which its settings were chosen.
 */
export function splitExamples(count: number, validation = 0): Split {
  const heldOut = permutation(count, STREAM.split).slice(0, validation).sort();
  const set = new Set(heldOut);
  return { train: firstExamples(count).filter((example) => !set.has(example)), validation: heldOut };
}

/** The numbers 0 … count − 1. */
export function firstExamples(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

/** A data set, and the numbers of those of its examples that are evaluated. */
export interface Part<Data> {
  readonly data: Data;
  readonly examples: Int32Array;
}

/** The parts on which a task evaluates itself. */
export interface Parts<One> {
  readonly train: One;
  /** Null without a validation part. */
  readonly validation: One | null;
  readonly test: One;
}

/** The parts of a data set. `tested` is the number of test examples, `most` the largest number of each part. */
export function partsOf<Data>(
  { train, test }: { readonly train: Data; readonly test: Data },
  split: Split,
  tested: number,
  most: number = Number.POSITIVE_INFINITY,
): Parts<Part<Data>> {
  const few = (examples: Int32Array): Int32Array => examples.subarray(0, Math.min(most, examples.length));
  return {
    train: { data: train, examples: few(split.train) },
    validation: split.validation.length === 0 ? null : { data: train, examples: few(split.validation) },
    test: { data: test, examples: few(firstExamples(tested)) },
  };
}

/** The parts of two data sets, in pairs. */
export function pairedParts<One>(first: Parts<One>, second: Parts<One>): Parts<readonly [One, One]> {
  return {
    train: [first.train, second.train],
    validation: first.validation && second.validation && [first.validation, second.validation],
    test: [first.test, second.test],
  };
}

/** What is measured on one part: the objectives by name, and other values such as accuracies. */
export interface Measured {
  readonly losses: Readonly<Record<string, number>>;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Measures all parts. Metrics are named after their part, such as `test/accuracy`. */
export async function evaluateParts<One>(
  parts: Parts<One>,
  measure: (part: One) => Promise<Measured>,
): Promise<Evaluation> {
  const train = await measure(parts.train);
  const validation = parts.validation && (await measure(parts.validation));
  const test = await measure(parts.test);
  const named = (part: string, { metrics = {} }: Measured) =>
    Object.entries(metrics).map(([name, value]) => [`${part}/${name}`, value] as const);
  const metrics = [
    ...named('train', train),
    ...(validation ? named('validation', validation) : []),
    ...named('test', test),
  ];
  return {
    train: train.losses,
    ...(validation && { validation: validation.losses }),
    test: test.losses,
    ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics) }),
  };
}
