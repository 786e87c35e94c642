import {
  createTrainer,
  createVectorEngine,
  type ElementCombiner,
  type GradientCombiner,
  type GramianCombiner,
  inPieces,
  NonFiniteError,
  type Objective,
  perLayer,
  randomFrom,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stored } from '../testing/halves.ts';
import { startWasm } from './start.ts';

// Training with gradients in float16. The losses are Σ ⟨variable, vector⟩, so the gradients are known.

const SIZES = [4100, 37];
const COUNT = 4;
let vectors: Float32Array[][];
let tensors: tf.Tensor[][];
let variables: tf.Variable[];
let objectives: Objective<number>[];

beforeEach(async () => {
  await startWasm();
  const random = randomFrom(1);
  vectors = Array.from({ length: COUNT }, (_, k) =>
    SIZES.map((size) => Float32Array.from({ length: size }, () => (random() - 0.4) * 10 ** (3 * k - 6))),
  );
  tensors = vectors.map((row) => row.map((part) => tf.tensor1d(part)));
  variables = SIZES.map((size, v) => tf.variable(tf.zeros([size]), true, `v${v}`));
  objectives = tensors.map((row, k) => ({
    name: `${k}`,
    priority: k,
    loss: (batch) => tf.mul(tf.addN(row.map((part, v) => tf.sum(tf.mul(variables[v]!, part)))), batch),
  }));
});

afterEach(() => {
  tf.disposeVariables();
  tf.dispose(tensors);
});

const inverse: GramianCombiner = {
  name: 'inverse',
  needs: 'gramian',
  combine: ({ gramian, rows }) => ({ coefficients: rows.map((_, i) => 1 / gramian.at(i, i) ** 0.5) }),
};
const near: GramianCombiner = {
  ...inverse,
  name: 'near',
  distances: true,
  combine: ({ distances, rows }) => ({ coefficients: rows.map((_, i) => distances!.at(0, i)) }),
};
const averaging: GramianCombiner = {
  name: 'averaging',
  needs: 'gramian',
  remembers: () => 1,
  combine: ({ gramian, rows }) => ({
    coefficients: [...rows.map((_, i) => 1 / gramian.at(i, i) ** 0.5), 0.5],
    remember: [[...rows.map(() => 0.25), 0.75]],
  }),
};
const largest: ElementCombiner = {
  name: 'largest',
  needs: 'elements',
  element: ({ column }) => Math.max(...column),
  combine: ({ gradients }) => tf.max(gradients, 0),
};
const kinds: readonly GradientCombiner[] = [inverse, near, averaging, largest];

const flat = (gradients: tf.NamedTensorMap | null) =>
  variables.flatMap(({ name }) => [...gradients![name]!.dataSync()]);
const difference = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((x, i) => x - b[i]!)) / Math.hypot(...b);
const giver = (combiner: GradientCombiner, options: object = {}) =>
  createTrainer<number>({ objectives, combiner, variables, gradients: 'half', ...options });

test.each(kinds.map((combiner) => [combiner.name, combiner] as const))(
  '%s: a step is that of the rounded gradients, in float64',
  async (_, combiner) => {
    const engine = createVectorEngine({ combiner, objectives });
    const rows = vectors.map((row) => row.flatMap((part) => [...stored(part)]));
    const exactly = createVectorEngine({ combiner, objectives });
    const exact = vectors.map((row) => row.flatMap((part) => [...part]));
    const before = tf.memory();
    const subject = giver(combiner);
    for (let step = 0; step < 3; step++) {
      const { gradients } = await subject.combineGradients(1);
      const actual = flat(gradients);
      expect(difference(actual, engine.step({ batches: [rows] }).direction as number[])).toBeLessThan(1e-6);
      // Of the gradients themselves: each element is rounded by at most 2 to the power of -11.
      const wanted = exactly.step({ batches: [exact] }).direction as number[];
      expect(difference(actual, wanted)).toBeLessThan(2 ** -10);
      expect(difference(actual, wanted)).toBeGreaterThan(1e-5);
      tf.dispose(gradients!);
    }
    subject.dispose();
    expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([before.numTensors, before.numBytes]);
  },
);

test('perLayer, over shared variables, with coefficients that are kept, and in pieces', async () => {
  const alone = { name: 'alone', priority: 9, loss: (batch: number) => tf.mul(tf.sum(variables[1]!), batch) };
  for (const [combiner, options, batch] of [
    [perLayer(averaging), {}, 2],
    [
      inverse,
      {
        over: 'shared',
        objectives: [
          {
            ...objectives[0]!,
            loss: (batch: number) => tf.mul(tf.sum(tf.mul(variables[0]!, tensors[0]![0]!)), batch),
          },
          objectives[1]!,
          alone,
        ],
      },
      2,
    ],
    [inverse, { coefficients: { every: 2 } }, 2],
    [averaging, {}, inPieces([1, 3], { sizes: [2, 2] })],
    [largest, {}, inPieces([1, 3], { sizes: [2, 2] })],
    [inverse, { coefficients: { every: 2 } }, inPieces([1, 3], { sizes: [2, 2] })],
  ] as const) {
    const [half, kept] = [giver(combiner, options), giver(combiner, { ...options, gradients: 'kept' })];
    for (let step = 0; step < 2; step++) {
      const before = tf.memory().numTensors;
      const a = await half.combineGradients(batch);
      const b = await kept.combineGradients(2);
      expect(difference(flat(a.gradients), flat(b.gradients))).toBeLessThan(2 ** -10);
      tf.dispose([a.gradients!, b.gradients!]);
      if (step > 0) expect(tf.memory().numTensors).toBe(before);
    }
    half.dispose();
    kept.dispose();
  }
});

test('where the combiner is asked, the gradients take half of the memory', async () => {
  const row = 4 * (SIZES[0]! + SIZES[1]!);
  const bytesOf = async (gradients: 'kept' | 'half') => {
    let bytes = 0;
    const looking: GramianCombiner = {
      ...inverse,
      combine: (step) => {
        bytes = tf.memory().numBytes;
        return inverse.combine(step);
      },
    };
    const before = tf.memory().numBytes;
    tf.dispose((await giver(looking, { gradients }).combineGradients(1)).gradients!);
    return bytes - before;
  };
  const [half, kept] = [await bytesOf('half'), await bytesOf('kept')];
  expect(kept - half).toBeGreaterThan(0.49 * COUNT * row);
});

test('a gradient that is not finite is named, and nothing is left', async () => {
  const wild = tf.customGrad((x) => ({
    value: tf.sum(x as tf.Tensor),
    gradFunc: () => tf.fill((x as tf.Tensor).shape, Number.NaN),
  }));
  for (const combiner of kinds) {
    const subject = giver(combiner, {
      objectives: [objectives[0]!, { name: 'wild', priority: 0, loss: () => wild(variables[1]!) }],
    });
    const before = tf.memory().numTensors;
    const failure = await subject.combineGradients(1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NonFiniteError);
    expect(failure).toMatchObject({ objective: 'wild', variable: 'v1' });
    expect(tf.memory().numTensors).toBe(before);
  }
});

test('where the memory is full in the middle of a step, nothing is left', async () => {
  for (const combiner of kinds) {
    const subject = giver(combiner);
    tf.dispose((await subject.combineGradients(1)).gradients!);
    const backend = tf.backend() as unknown as { makeOutput(...given: unknown[]): unknown };
    const { makeOutput } = backend;
    let isDone = false;
    for (let call = 0; !isDone; call++) {
      const before = tf.memory().numTensors;
      let left = call;
      backend.makeOutput = (...given) => {
        if (left-- === 0) throw new Error('out of memory');
        return makeOutput.apply(backend, given);
      };
      const made = await subject.combineGradients(1).catch((error: Error) => error.message);
      backend.makeOutput = makeOutput;
      isDone = typeof made !== 'string';
      if (typeof made === 'string') expect(made).toContain('out of memory');
      else tf.dispose(made.gradients!);
      expect(tf.memory().numTensors, `request ${call}`).toBe(before);
      if (isDone) expect(call).toBeGreaterThan(20);
    }
    subject.dispose();
  }
});

test('a backend without kernels for float16 is refused by name', async () => {
  await tf.setBackend('cpu');
  const subject = giver(inverse);
  const before = tf.memory().numTensors;
  await expect(subject.combineGradients(1)).rejects.toThrow(
    `gradients: 'half' needs the kernels of @scalpel/backends for wasm or WebGPU, but the backend is "cpu". Call startWasm() or startWebgpu() first`,
  );
  expect(tf.memory().numTensors).toBe(before);
});
