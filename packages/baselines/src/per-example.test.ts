import { createTrainer, type GradientCombiner, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dualproj, fairgrad, mgda, nashMtl, plugin, upgrad } from './index.ts';

// Examples as objectives: every method does with the rows of one objective what it does with as many objectives.

/** Methods that remember something of each objective. */
const REFUSED = [
  'config with momentum',
  'cr-mogm',
  'db-mtl',
  'dwa',
  'famo',
  'gradnorm',
  'gradvac',
  'imtl-l',
  'moco',
  'modo',
  'sdmgrad',
  'stch',
  'uncertainty',
];

const OPTIONS: Readonly<Record<string, object>> = { constant: { weights: [2] }, multiplier: { budget: 1 } };

const EXAMPLES = 6;
let x: tf.Tensor2D;
let kernel: tf.Variable<tf.Rank.R2>;
let head: tf.Variable<tf.Rank.R2>;

beforeEach(() => {
  x = tf.tensor2d(
    Array.from({ length: EXAMPLES * 3 }, (_, index) => Math.sin(2 * index)),
    [EXAMPLES, 3],
  );
  kernel = tf.variable(
    tf.tensor2d(
      Array.from({ length: 12 }, (_, index) => Math.cos(index)),
      [3, 4],
    ),
  );
  head = tf.variable(tf.tensor2d([1, -0.5, 0.25, 2], [4, 1]));
});

afterEach(() => {
  tf.disposeVariables();
  x.dispose();
});

const lossesOf = (): tf.Tensor1D =>
  tf.tidy(() => tf.add(tf.square(tf.squeeze(tf.matMul(tf.tanh(tf.matMul(x, kernel)), head), [1])), 0.1));

const together: Objective = { name: 'examples', priority: 0, perExample: true, loss: lossesOf };

const separate = Array.from({ length: EXAMPLES }, (_, example): Objective => {
  const loss = () => tf.tidy(() => tf.sum(tf.slice(lossesOf(), example, 1)));
  return { name: `example ${example}`, priority: 0, loss };
});

/** Levels, for methods of exactly two. */
const second: Objective = {
  name: 'other',
  priority: 1,
  loss: () => tf.tidy(() => tf.mean(tf.square(kernel))),
};

async function directionOf(combiner: GradientCombiner, objectives: readonly Objective[]): Promise<number[]> {
  const trainer = createTrainer({ objectives, combiner, variables: [kernel, head], seed: 3 });
  const { gradients } = await trainer.combineGradients();
  trainer.dispose();
  const values = [kernel, head].flatMap(({ name }) => [...gradients![name]!.dataSync()]);
  tf.dispose(gradients!);
  return values;
}

const cases = [
  ...plugin.combiners!.map(
    (definition) => [definition.id, definition, OPTIONS[definition.id] ?? {}] as const,
  ),
  ...plugin
    .combiners!.filter(({ id }) => id === 'config')
    .map((definition) => ['config with momentum', definition, { momentum: {} }] as const),
];

test.each(cases)('%s', async (name, definition, options) => {
  const create = definition.create as (options: object) => GradientCombiner;
  const levelled = ['a-gem', 'dynamic-barrier', 'multiplier'].includes(definition.id) ? [second] : [];
  const run = () => directionOf(create(options), [together, ...levelled]);
  if (REFUSED.includes(name)) {
    const optimizer = tf.train.sgd(0);
    const combiner = create(options);
    expect(() =>
      createTrainer({ objectives: [together], combiner, variables: [kernel, head], optimizer }),
    ).toThrow(`Objective "examples" is perExample, but the combiner ${combiner.name} remembers`);
    optimizer.dispose();
    return;
  }
  const before = tf.memory().numTensors;
  const actual = await run();
  expect(tf.memory().numTensors).toBe(before);
  const perObjective = name === 'constant' ? { weights: separate.map(() => 2) } : options;
  const expected = await directionOf(create(perObjective), [...separate, ...levelled]);
  const largest = Math.max(...expected.map(Math.abs));
  for (const [e, value] of actual.entries())
    expect(Math.abs(value - expected[e]!)).toBeLessThan(1e-3 * largest);
});

const padded: Objective = {
  ...together,
  loss: () => tf.tidy(() => tf.mul(lossesOf(), tf.tensor1d([1, 1, 1, 0, 0, 0]))),
};

test.each([mgda(), nashMtl(), fairgrad()])('$name stands still beside padding', async (combiner) => {
  expect(Math.hypot(...(await directionOf(combiner, [together])))).toBeGreaterThan(0);
  expect(Math.hypot(...(await directionOf(combiner, [padded])))).toBe(0);
});

test.each([upgrad(), dualproj()])('$name goes on beside padding', async (combiner) => {
  const expected = await directionOf(combiner, separate.slice(0, 3));
  // The padding counts in the mean that both project.
  for (const [index, value] of (await directionOf(combiner, [padded])).entries())
    expect(value).toBeCloseTo(expected[index]! / 2, 6);
});
