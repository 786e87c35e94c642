import * as tf from '@tensorflow/tfjs';
import { beforeEach, expect, test, vi } from 'vitest';
import type { GramianCombiner } from '../combiner.ts';
import { smoothed } from '../compose/smoothed.ts';
import { bias, kernel, projecting, trainer } from '../testing/three-objectives.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Trainer } from './trainer.ts';

// A restore is a transaction: the whole checkpoint is checked before anything changes.

let optimizer: tf.Optimizer;
let subject: Trainer<number>;
let saved: Checkpoint;

const combiner: GramianCombiner = smoothed(projecting);

beforeEach(async () => {
  const running = tf.variable(tf.scalar(1), false, 'running');
  optimizer = tf.train.adam(0.1);
  subject = trainer({ optimizer, combiner, state: [running] });
  for (const batch of [1, 2]) await subject.step(batch);
  saved = await subject.checkpoint();
  running.assign(tf.scalar(2));
  await subject.step(3);
});

declare function structuredClone<Value>(value: Value): Value;

/** A copy of the checkpoint with another value somewhere. */
function damaged(path: string, value: unknown): Checkpoint {
  const copy = structuredClone(saved);
  const keys = path.split('.');
  const last = keys.pop()!;
  let inside = copy as unknown as Record<string, unknown>;
  for (const key of keys) inside = inside[key] as Record<string, unknown>;
  inside[last] = typeof value === 'function' ? value(inside[last]) : value;
  return copy;
}

async function expectRefusal(checkpoint: unknown, message: string | RegExp): Promise<void> {
  const before = await subject.checkpoint();
  const tensors = tf.memory().numTensors;
  await expect(subject.restore(checkpoint as Checkpoint)).rejects.toThrow(message);
  expect(await subject.checkpoint()).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  expect((await subject.step(1)).updated).toBe(true);
}

const short = { shape: [3], values: new Float32Array(2) };
const scalar = { shape: [], values: new Float32Array(1) };

/** A bias with this as its value 1. */
const with1 = (value: number) => ({ shape: [3], values: Float32Array.of(1, value, 2) });

const shortened = (list: readonly unknown[]) => list.slice(0, -1);
const firstMoments = 'optimizer.accumulators.accumulatedFirstMoment';
const secondMoments = 'optimizer.accumulators.accumulatedSecondMoment';

test.each<readonly [path: string, value: unknown, message: string]>([
  ...[Number.NaN, 0.5, -1, '6', undefined, null].map(
    (step) => ['step', step, 'but must be a whole number from 0'] as const,
  ),
  ['variables.layer2/bias', short, 'the tensor has 2 values for the shape [3]'],
  ['variables.layer1/kernel.shape', undefined, 'the tensor has no shape'],
  ['variables.layer1/kernel', null, 'the tensor has no shape'],
  ['variables.layer2/bias.shape', [Number.NaN], 'the tensor has no shape'],
  ['state.running', short, 'the tensor has 2 values'],
  ['optimizer', undefined, 'it is undefined, but must be an object'],
  ['optimizer.iterations', -3, 'it is -3'],
  ['optimizer.scalars.accBeta1', { ...short, shape: [2] }, 'has shape [2]'],
  ['optimizer.scalars.accBeta2.values', undefined, 'the tensor holds no Float32Array'],
  [firstMoments, shortened, 'has 1 tensors for 2 variables'],
  [
    `${secondMoments}.1`,
    { name: 'layer2/bias/v', tensor: scalar },
    'has shape [] for "layer2/bias" of shape [3]',
  ],
  [`${secondMoments}.1.tensor`, short, 'the tensor has 2 values'],
  [`${secondMoments}.1.name`, undefined, 'but must be a text'],
  [firstMoments, 7, 'but must be a list'],
  ['remembered.0.1', scalar, 'has shape [] for "layer2/bias" of shape [3]'],
  ['remembered.0', shortened, 'has 1 tensors for 2 variables'],
  ['remembered.0.1', undefined, 'the tensor has no shape'],
  ['remembered', null, 'but must be a list'],
  ['memory.0', 'garbage', 'is "garbage", which the combiner smoothed(projecting) never has there'],
  ['memory.0.inner', 'garbage', 'is "garbage"'],
  ['memory.0.inner', Number.NaN, 'is NaN'],
  ['memory.0.average', undefined, 'is undefined'],
  ['memory.0.average', [], 'is a list'],
  ['memory', 7, 'but must be a list'],
  ['memory.0.average.first (batch 0)', Number.NaN, 'is NaN'],
  ['memory.0.average.first (batch 0)', Number.POSITIVE_INFINITY, 'is Infinity'],
  ['memory.0.inner', Number.POSITIVE_INFINITY, 'is Infinity'],
  ['shared', 7, 'but must be a list'],
  ['shared', [], 'it is empty'],
  ['shared', ['layer1/kernel'], 'it is [layer1/kernel], but `over` says [layer1/kernel,layer2/bias]'],
  ['shared', null, 'it is null, but `over` says [layer1/kernel,layer2/bias]'],
  ['shared', ['layer1/kernel', 'other'], 'there is no variable "other"'],
  ['shared', ['layer1/kernel', 'layer1/kernel'], 'a variable is there twice'],
  [`${firstMoments}.1.name`, 'other/m', 'is "other/m" where "layer2/bias" is trained'],
  [firstMoments, [], 'is empty after 2 iterations'],
  ['variables.layer2/bias', with1(Number.NaN), 'has NaN as its value 1'],
  ['variables.layer2/bias', with1(Number.NEGATIVE_INFINITY), 'has -Infinity as its value 1'],
  ['remembered.0.1', with1(Number.NaN), 'has NaN as its value 1'],
  [`${secondMoments}.1.tensor`, with1(Number.NaN), 'has NaN as its value 1'],
  [
    'optimizer.scalars.accBeta1',
    { shape: [], values: Float32Array.of(Number.NaN) },
    'has NaN as its value 0',
  ],
  ['objectives', undefined, 'but must be a list'],
])('a checkpoint is refused by the name of what is damaged: %s is %o', async (path, value, message) => {
  const place = path.replace(/\.(shape|values)$/, '');
  await expectRefusal(
    damaged(path, value),
    new RegExp(`^The checkpoint is damaged: ${escaped(place)}.*${escaped(message)}.*Restore an earlier one`),
  );
});

function escaped(text: string): string {
  return text.replace(/[[\](){}.*?$^|+\\]/g, '\\$&');
}

const others: Readonly<Record<string, () => tf.Optimizer>> = {
  'plain SGD': () => tf.train.sgd(0.1),
  RMSProp: () => tf.train.rmsprop(0.1),
  'centred RMSProp': () => tf.train.rmsprop(0.1, 0.9, 0.5, 1e-6, true),
  Adadelta: () => tf.train.adadelta(0.1),
};

test.each(Object.keys(others))('of %s, what it keeps empty is no damage', async (name) => {
  const own = trainer({ optimizer: others[name]!(), combiner });
  await own.restore(await own.checkpoint());
  await own.step(1);
  const checkpoint = await own.checkpoint();
  await own.restore(checkpoint);
  expect(await own.checkpoint()).toEqual(checkpoint);
  const fresh = trainer({ optimizer: others[name]!(), combiner });
  await fresh.restore(checkpoint);
  expect(await fresh.checkpoint()).toEqual(checkpoint);
});

test('lists of accumulators are empty after steps that were all left out', async () => {
  const nothing = { name: 'nothing', priority: 0, loss: () => null };
  const own = trainer({ optimizer: tf.train.momentum(0.1, 0.9), objectives: [nothing] });
  await own.step(1);
  const checkpoint = await own.checkpoint();
  await own.restore(checkpoint);
  expect(await own.checkpoint()).toEqual(checkpoint);
});

test("over: 'shared' that is not settled yet is restored as that", async () => {
  const own = trainer({ combiner, over: 'shared' });
  const checkpoint = await own.checkpoint();
  expect(checkpoint.shared).toBeNull();
  await own.restore(checkpoint);
  await own.step(1);
  const settled = await own.checkpoint();
  await expect(own.restore({ ...settled, shared: [] })).rejects.toThrow('shared: it is empty');
  await own.restore(settled);
  expect(await own.checkpoint()).toEqual(settled);
});

test.each([
  [null, 'null'],
  [undefined, 'undefined'],
  ['text', '"text"'],
  [7, '7'],
  [Promise.resolve(), 'a promise'],
])('%o is no checkpoint', async (checkpoint, what) => {
  await expectRefusal(
    checkpoint,
    `There is no checkpoint to restore, but ${what}. Give what \`await trainer.checkpoint()\` answers.`,
  );
});

test('an object without a format is none that this version reads', async () => {
  await expectRefusal({}, 'The checkpoint has format undefined');
});

test('a variable of `state` that has been disposed of is named, and no optimizer blamed', async () => {
  tf.engine().registeredVariables.running!.dispose();
  const message =
    /^Variable "running" has been disposed of.*so this trainer cannot use it\. Create a new trainer/;
  await expect(subject.step(1)).rejects.toThrow(message);
  await expect(subject.checkpoint()).rejects.toThrow(message);
});

test('one of another format', async () => {
  await expectRefusal(
    damaged('format', 'x'),
    'The checkpoint has format "x", but this version of Scalpel reads format 1.',
  );
});

test('one that went through JSON is refused with what to do instead', async () => {
  await expectRefusal(
    JSON.parse(JSON.stringify(saved)),
    'holds no Float32Array any more. JSON does not keep those: store checkpoints with `serialize` of node:v8, or in IndexedDB.',
  );
});

test('one that went through a structured clone is good', async () => {
  await subject.restore(structuredClone(saved));
  expect(await subject.checkpoint()).toEqual(saved);
});

test('a backend that fails while tensors are made leaves everything as it was', async () => {
  const backend = tf.backend();
  const { write } = backend;
  const restores = Object.keys(saved.variables).length + 1;
  for (let allowed = 0; allowed < restores + 6; allowed++) {
    const before = await subject.checkpoint();
    const tensors = tf.memory().numTensors;
    let left = allowed;
    const spy = vi.spyOn(backend, 'write').mockImplementation((...given) => {
      if (left-- === 0) throw new Error('out of memory');
      return write.apply(backend, given);
    });
    await expect(subject.restore(saved)).rejects.toThrow('out of memory');
    spy.mockRestore();
    expect(await subject.checkpoint()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  }
});

test('variables and optimizer that have been disposed of are named', async () => {
  bias.dispose();
  await expect(subject.restore(saved)).rejects.toThrow('Variable "layer2/bias" has been disposed of');
  const other = trainer({ optimizer, combiner, variables: [kernel] });
  optimizer.dispose();
  await expect(other.checkpoint()).rejects.toThrow('The optimizer Adam has been disposed of.');
});

test('names that are numbers come first in accumulators, whatever the order of the variables', async () => {
  const [a, b] = [tf.variable(tf.zeros([2]), true, '71'), tf.variable(tf.zeros([3]), true, '17')];
  const objectives = [{ name: 'both', priority: 0, loss: () => tf.add(tf.sum(a), tf.sum(b)) }];
  const own = trainer({ variables: [a, b], objectives, optimizer: tf.train.momentum(0.1, 0.9) });
  await own.step(1);
  const checkpoint = await own.checkpoint();
  await own.step(1);
  await own.restore(checkpoint);
  expect(await own.checkpoint()).toEqual(checkpoint);
});
