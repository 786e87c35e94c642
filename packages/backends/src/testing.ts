import { randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { startCpu } from './cpu.ts';
import { type Compute, differentWeights, results, type Values } from './testing/values.ts';
import { startWasm } from './wasm/start.ts';

export { results, type Values };

/** Floats in [-1, 1), drawn from the seed. */
export function floats(shape: readonly number[], seed: number): Values {
  return values(shape, 'float32', seed, (random) => 2 * random() - 1);
}

/** Whole numbers in [first, end), drawn from the seed. */
export function integers(shape: readonly number[], seed: number, first: number, end: number): Values {
  return values(shape, 'int32', seed, (random) => first + Math.floor(random() * (end - first)));
}

function values(
  shape: readonly number[],
  dtype: Values['dtype'],
  seed: number,
  draw: (random: () => number) => number,
): Values {
  const random = randomFrom(seed, ...shape);
  return { shape: [...shape], dtype, values: Array.from({ length: size(shape) }, () => draw(random)) };
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * Expects the same results on the backend that `start` starts and on the cpu backend, up to `tolerance` times
 * the largest element. Also expects that no tensor and no buffer is left behind.
 */
export async function expectAgreement(
  compute: Compute,
  inputs: readonly Values[],
  tolerance = 1e-5,
  start: () => Promise<void> = startWasm,
): Promise<void> {
  await startCpu();
  const expected = await results(compute, inputs);
  await start();
  const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
  const actual = await results(compute, inputs);
  expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);

  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  actual.forEach(({ values }, i) => {
    expectClose(values, expected[i]!.values, tolerance);
  });
}

/**
 * Expects differences of at most `tolerance` times the largest element, or times 1 if all elements are
 * smaller.
 */
export function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const apart = actual.findIndex((value, i) => !(Math.abs(value - expected[i]!) <= tolerance * scale));
  if (apart >= 0)
    expect.fail(`element ${apart} is ${actual[apart]} and should be ${expected[apart]} (largest: ${scale})`);
}

/**
 * The gradients of a weighted sum of the outputs with respect to every float input. Each output has another
 * weight, so that errors cannot cancel.
 */
export function gradients(compute: (...inputs: tf.Tensor[]) => tf.Tensor): Compute {
  return (...inputs) => {
    const varied = inputs.filter(({ dtype }) => dtype === 'float32');
    const loss = (...moved: tf.Tensor[]): tf.Tensor => {
      const rest = [...moved];
      const output = compute(...inputs.map((input) => (input.dtype === 'float32' ? rest.shift()! : input)));
      return tf.sum(tf.mul(output, differentWeights(output.shape)));
    };
    return tf.grads(loss)(varied);
  };
}

/** Checks `property` on cases that are drawn from a fixed seed. */
export async function forAll<Case>(
  cases: fc.Arbitrary<Case>,
  property: (drawn: Case) => Promise<void>,
  runs = 60,
): Promise<void> {
  await fc.assert(fc.asyncProperty(cases, property), { seed: 20240202, numRuns: runs });
}
