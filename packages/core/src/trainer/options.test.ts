import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { byLevel } from '../compose/by-level.ts';
import { clipped } from '../compose/clipped.ts';
import { smoothed } from '../compose/smoothed.ts';
import { shared } from '../forward/shared.ts';
import { cosineSchedule, stepSchedule } from '../schedule.ts';
import { half, kernel, three, trainer } from '../testing/three-objectives.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';
import { setLearningRate } from './learning-rate.ts';
import type { TrainerOptions } from './options.ts';
import { createTrainer } from './trainer.ts';

describe('options that do not exist or cannot be', () => {
  const first = three[0]!;
  test.each([
    [{ clipNorm: 1 }, 'createTrainer: there is no option "clipNorm". Known: objectives, combiner, '],
    [{ combinr: half }, 'createTrainer: there is no option "combinr". Did you mean "combiner"?'],
    [{ over: 'sharde' }, 'option over: it is "sharde". Did you mean "shared"?'],
    [{ gradients: 'stream' }, 'option gradients: it is "stream". Did you mean "streamed"?'],
    [{ onNonFinite: 'ignore' }, 'option onNonFinite: it is "ignore". Known: throw, skip.'],
    [{ diagnostics: { evry: 1 } }, 'option diagnostics: there is no option "evry". Did you mean "every"?'],
    [
      { diagnostics: { every: 0.5 } },
      'option diagnostics.every: it is 0.5, but must be a whole number from 1',
    ],
    [{ seed: 0.5 }, 'option seed: it is 0.5'],
    [{ stepsPerEpoch: 0 }, 'option stepsPerEpoch: it is 0, but must be a whole number from 1'],
    [{ stepsPerEpoch: Number.NaN }, 'option stepsPerEpoch: it is NaN'],
    [{ schedule: 0.1 }, 'option schedule: it is 0.1, but must be a function of the step'],
    [{ objectives: first }, 'option objectives: it is an object, but must be a list'],
    [{ objectives: [() => first] }, 'objectives[0] is a function, but must be { name, priority, loss }'],
    [{ objectives: [{ priority: 0, loss: first.loss }] }, 'objectives[0] has undefined as its name'],
    [
      { objectives: [{ name: 'a', priority: 0 }] },
      '"a": its loss is undefined, but must be a function of the batch',
    ],
    [
      { objectives: [{ name: 'a', priority: 0, loss: first.loss, wieght: 2 }] },
      'Objective "a" has no "weight", but "wieght". Rename that.',
    ],
    [{ optimizer: tf.train.adam }, 'the optimizer is a function. Call it: it makes one.'],
    [{ optimizer: 'adam' }, 'the optimizer is "adam". Pass one, such as tf.train.adam().'],
  ])('%o', (options, message) => {
    expect(() => trainer(options as Partial<TrainerOptions<number>>)).toThrow(message);
  });

  test('several at once are told together', () => {
    expect(() => createTrainer({ over: 'al', seed: 'x' } as never)).toThrow(
      /option objectives: it is undefined.*\n.*option combiner: it is missing\n.*variables.*\n.*option seed: it is "x".*\n.*option over: it is "al"/,
    );
  });

  test('an objective may have properties of its own', () => {
    const own = { ...three[0]!, weight: 2, label: 'digit', lossScale: 1 };
    expect(() => trainer({ objectives: [own] })).not.toThrow();
  });

  test.each([
    [
      () => clipped(half, { nrom: 1 } as never),
      /clipped: option norm: it is missing: give a finite number\nclipped: there is no option "nrom". Did you mean "norm"\?/,
    ],
    [
      () => smoothed(half, { dekay: 1 } as never),
      'smoothed: there is no option "dekay". Did you mean "decay"?',
    ],
    [
      () => smoothed(half, { decay: Number.NaN }),
      'smoothed: option decay: it is NaN, but must be a finite number',
    ],
    [
      () => byLevel({ within: half, accross: half } as never),
      'byLevel: there is no option "accross". Did you mean "across"?',
    ],
    [
      () => createVectorEngine({ combiner: half, objectives: three, sed: 1 } as never),
      'createVectorEngine: there is no option "sed". Did you mean "seed"?',
    ],
    [
      () => cosineSchedule({ rate: 0.01 } as never),
      'cosineSchedule: option steps: it is missing: give a whole number from 1',
    ],
    [() => cosineSchedule({ rate: Number.NaN, steps: 9 }), 'cosineSchedule: option rate: it is NaN'],
    [() => cosineSchedule({ rate: 1, steps: 9, warmup: -1 }), 'cosineSchedule: option warmup: it is -1'],
    [
      () => cosineSchedule({ rate: 1, steps: 9, warmUp: 1 } as never),
      'there is no option "warmUp". Did you mean "warmup"?',
    ],
    [() => stepSchedule({ rate: 1 } as never), 'stepSchedule: option at: it is missing: give a list'],
    [() => stepSchedule({ rate: 1, at: [3, Number.NaN] }), 'stepSchedule: option at.1: it is NaN'],
    [
      () => stepSchedule({ rate: 1, at: [3], factor: -1 }),
      'stepSchedule: option factor: it is -1, but must be >= 0',
    ],
    [
      () => shared(tf.zeros([1]) as never),
      'shared: it was given a tensor of float32 and shape [1], but takes the function that computes',
    ],
  ])('%o', (make, message) => {
    expect(make).toThrow(message);
  });

  test('a schedule that was not called is named in the first step', async () => {
    const subject = trainer({ schedule: cosineSchedule as never });
    await expect(subject.step(1)).rejects.toThrow(
      'cosineSchedule: it is 0, but must be an object of options',
    );
    const other = trainer({ schedule: () => undefined as never });
    await expect(other.step(1)).rejects.toThrow(
      'The schedule answered with undefined for step 0, but must answer with a finite number >= 0.',
    );
  });
});

describe('a learning rate that is none', () => {
  const { sgd, momentum, adagrad, adadelta, adam, adamax, rmsprop } = tf.train;
  const makers: readonly [string, (rate: number) => tf.Optimizer][] = [
    ['SGD', sgd],
    ['Momentum', (rate) => momentum(rate, 0.9)],
    ['Adagrad', adagrad],
    ['Adadelta', adadelta],
    ['Adam', adam],
    ['Adamax', adamax],
    ['RMSProp', rmsprop],
  ];
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, -0.1];
  const cases = makers.flatMap(([name, make]) => bad.map((rate) => [name, rate, make] as const));

  test.each(cases)('%s(%d)', (name, rate, make) => {
    const optimizer = make(rate);
    expect(() => trainer({ optimizer })).toThrow(
      `createTrainer: the learning rate of the optimizer ${name} is ${rate}, but must be a finite number >= 0.`,
    );
  });

  test('none at all', () => {
    expect(() => trainer({ optimizer: sgd(undefined as never) })).toThrow(
      'createTrainer: the learning rate of the optimizer SGD is undefined',
    );
  });

  test.each(cases)('%s that is set to %d between steps', async (name, rate, make) => {
    const optimizer = make(0.1);
    const subject = trainer({ optimizer });
    await subject.step(1);
    const before = await subject.checkpoint();
    setLearningRate(optimizer, rate);
    await expect(subject.step(1)).rejects.toThrow(
      `Step 1: the learning rate of the optimizer ${name} is ${rate}, but must be a finite number >= 0.`,
    );
    expect(await subject.checkpoint()).toEqual(before);
    setLearningRate(optimizer, 0);
    expect((await subject.step(1)).updated).toBe(true);
  });

  test.each(bad)('a schedule that answers with %d', async (rate) => {
    const subject = trainer({ schedule: (step) => (step === 0 ? 0.1 : rate) });
    await subject.step(1);
    const before = await subject.checkpoint();
    await expect(subject.step(1)).rejects.toThrow(`The schedule answered with ${rate} for step 1`);
    expect(await subject.checkpoint()).toEqual(before);
  });
});

describe('variables that are none', () => {
  test('the weights of a layer: it says how to get at their variables', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
    const { trainableWeights } = model;
    expect(() => trainer({ variables: trainableWeights as never })).toThrow(
      /^variables\[0\] is the weight "dense_Dense\d+\/kernel" of a layer, .*model.trainableWeights.map\(\(weight\) => weight.read\(\)\)/,
    );
    expect(() => trainer({ state: trainableWeights as never })).toThrow(/^state\[0\] is the weight/);
    const read = trainableWeights.map((weight) => weight.read() as tf.Variable);
    const loss = () => tf.mean(read[0]!);
    const subject = trainer({ variables: read, objectives: [{ ...three[0]!, loss }] });
    expect((await subject.step(1)).updated).toBe(true);
  });

  test('a tensor, and anything else', () => {
    expect(() => trainer({ variables: [tf.zeros([3]) as never] })).toThrow(
      'variables[0] is a tensor of float32 and shape [3], but must be a variable. Make it one with tf.variable(tensor)',
    );
    expect(() => trainer({ variables: [kernel, 'bias' as never] })).toThrow(
      'variables[1] is "bias", but must be a tf.Variable.',
    );
    expect(() => trainer({ state: [null as never] })).toThrow('state[0] is null, but must be a tf.Variable.');
    expect(() => trainer({ variables: [kernel, kernel] })).toThrow(
      'Variable "layer1/kernel" is given twice.',
    );
    const count = tf.variable(tf.scalar(1, 'int32'), true, 'count');
    expect(() => trainer({ variables: [count] })).toThrow(
      '"count" is int32, but only float32 can be trained.',
    );
  });
});
