import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { byLevel, clipped, smoothed } from './compose.ts';
import { cosineSchedule, stepSchedule } from './schedule.ts';
import { shared } from './shared.ts';
import { bias, half, kernel, three, trainer, values, variables } from './testing/three-objectives.ts';
import { createTrainer } from './trainer.ts';
import type { TrainerOptions } from './trainer-options.ts';
import { createVectorEngine } from './vector-engine.ts';

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
      /option objectives: it is undefined.*\n.*option combiner: it is missing\n.*optimizer.*\n.*variables.*\n.*option seed: it is "x".*\n.*option over: it is "al"/,
    );
  });

  test('an objective may have properties of its own', () => {
    const own = { ...three[0]!, weight: 2, label: 'digit', lossScale: 1 };
    expect(() => trainer({ objectives: [own] })).not.toThrow();
  });

  test.each([
    [
      () => clipped(half, { nrom: 1 } as never),
      /clipped: option norm: it is undefined.*\nclipped: there is no option "nrom". Did you mean "norm"\?/,
    ],
    [
      () => smoothed(half, { dekay: 1 } as never),
      'smoothed: there is no option "dekay". Did you mean "decay"?',
    ],
    [() => smoothed(half, { decay: Number.NaN }), 'smoothed: option decay: it is NaN, but must be in [0, 1)'],
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
      'cosineSchedule: option steps: it is undefined, but must be a whole number from 1',
    ],
    [() => cosineSchedule({ rate: Number.NaN, steps: 9 }), 'cosineSchedule: option rate: it is NaN'],
    [() => cosineSchedule({ rate: 1, steps: 9, warmup: -1 }), 'cosineSchedule: option warmup: it is -1'],
    [
      () => cosineSchedule({ rate: 1, steps: 9, warmUp: 1 } as never),
      'there is no option "warmUp". Did you mean "warmup"?',
    ],
    [() => stepSchedule({ rate: 1 } as never), 'stepSchedule: option at: '],
    [() => stepSchedule({ rate: 1, at: [3, Number.NaN] }), 'stepSchedule: option at.1: it is NaN'],
    [
      () => stepSchedule({ rate: 1, at: [3], factor: -1 }),
      'stepSchedule: option factor: it is -1, but must be a number >= 0',
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
      'The schedule answered with undefined for step 0, but must answer with a finite number.',
    );
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
    const loss = () => tf.mean(model.apply(tf.ones([1, 2])) as tf.Tensor) as tf.Scalar;
    const read = trainableWeights.map((weight) => weight.read() as tf.Variable);
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

describe('what may change is looked at in each step', () => {
  test('a variable that has been disposed of, and one that has its name', async () => {
    const subject = trainer();
    await subject.step(1);
    const before = [...kernel.dataSync()];
    bias.dispose();
    const message =
      /^Variable "layer2\/bias" has been disposed of, or is of another copy of TensorFlow.js, so no optimizer can find it. Create a new trainer/;
    await expect(subject.step(1)).rejects.toThrow(message);
    await expect(subject.checkpoint()).rejects.toThrow(message);
    tf.variable(tf.zeros([3]), true, 'layer2/bias');
    const another = /^Variable "layer2\/bias" has been disposed of, and another one has its name now/;
    await expect(subject.step(1)).rejects.toThrow(another);
    await expect(subject.checkpoint()).rejects.toThrow(another);
    expect([...kernel.dataSync()]).toEqual(before);
    expect(subject.steps).toBe(1);
    expect(() => trainer()).toThrow(another);
  });

  test('one of the state', async () => {
    const running = tf.variable(tf.scalar(0), false, 'running');
    const subject = trainer({ state: [running] });
    running.dispose();
    await expect(subject.step(1)).rejects.toThrow('Variable "running" has been disposed of');
  });

  test('an optimizer that has been disposed of', async () => {
    for (const optimizer of [
      tf.train.sgd(0.1),
      tf.train.momentum(0.1, 0.9),
      tf.train.adam(),
      tf.train.adagrad(0.1),
    ]) {
      const subject = trainer({ optimizer });
      await subject.step(1);
      optimizer.dispose();
      await expect(subject.step(1)).rejects.toThrow(
        /^The optimizer \w+ has been disposed of. Create a new trainer/,
      );
    }
  });

  test('an optimizer that has trained other variables', async () => {
    for (const optimizer of [tf.train.momentum(0.1, 0.9), tf.train.adam()]) {
      const onKernel = { ...three[0]!, loss: () => tf.sum(kernel) as tf.Scalar };
      const [whole, part] = [trainer({ optimizer }), trainer({ optimizer, variables: [bias] })];
      const one = trainer({ optimizer, variables: [kernel], objectives: [onKernel] });
      await whole.step(1);
      const before = values();
      await expect(part.step(1)).rejects.toThrow(
        /^The optimizer has trained other variables: it keeps "layer1\/kernel\/m.*" where "layer2\/bias" is trained now. Give each trainer an optimizer of its own./,
      );
      await expect(one.step(1)).rejects.toThrow(/it keeps "layer2\/bias\/m.*" where nothing is trained now/);
      expect(values()).toEqual(before);
      expect((await trainer({ optimizer }).step(1)).updated).toBe(true);
    }
  });

  test('an objective of another weight trains with it, and one that has become wrong is refused', async () => {
    const objective = { ...three[0]!, weight: 1 };
    const subject = trainer({ objectives: [objective] });
    objective.weight = 4;
    expect((await subject.step(1)).coefficients).toEqual([2]);
    objective.weight = Number.NaN;
    await expect(subject.step(1)).rejects.toThrow('"first": weight is NaN, but must be positive and finite');
    objective.weight = 1;
    objective.priority = 2;
    await expect(subject.step(1)).rejects.toThrow(
      'Objective "first": its priority was 0 and is 2 now. Create a new trainer',
    );
    objective.priority = 0;
    Object.assign(objective, { name: 'other' });
    await expect(subject.step(1)).rejects.toThrow(
      'Objective "first": its name was "first" and is "other" now.',
    );
  });

  test('lists that grow after the trainer was made change nothing', async () => {
    const lists = { objectives: three.slice(0, 1), variables: [...variables], state: [] as tf.Variable[] };
    const subject = trainer(lists);
    lists.objectives.push(three[1]!);
    lists.variables.pop();
    lists.state.push(kernel);
    expect(Object.keys((await subject.step(1)).losses)).toEqual(['first']);
    expect(Object.keys((await subject.checkpoint()).variables)).toEqual(['layer1/kernel', 'layer2/bias']);
  });
});

describe('a batch that has been disposed of is named', () => {
  const objective = {
    name: 'fit',
    priority: 0,
    loss: ({ x }: { x: tf.Tensor }) => tf.sum(tf.mul(bias, x)) as tf.Scalar,
  };
  const create = (options = {}) =>
    createTrainer({
      objectives: [objective],
      combiner: half,
      optimizer: tf.train.sgd(0.1),
      variables: [bias],
      ...options,
    });

  test.each([
    [{ x: tf.scalar(1), y: tf.scalar(2) }, 'batch.x'],
    [{ x: tf.scalar(1), y: [tf.scalar(3)] }, 'batch.x'],
  ])('%#', async (batch, path) => {
    const subject = create();
    const before = [...bias.dataSync()];
    tf.dispose(batch);
    await expect(subject.step(batch)).rejects.toThrow(
      `The tensor ${path} has been disposed of. A step goes on after the call: dispose of its batch once it has ended`,
    );
    expect([...bias.dataSync()]).toEqual(before);
  });

  test('the second of two', async () => {
    const two = { name: 'two', needs: 'gramian', batches: 2, combine: () => ({ coefficients: [1, 1] }) };
    const [first, second] = [{ x: tf.scalar(1) }, { x: tf.scalar(1) }];
    second.x.dispose();
    await expect(create({ combiner: two }).step(first, second)).rejects.toThrow(
      'The tensor batch[1].x has been',
    );
  });

  test('as dataset.forEachAsync disposes of it', async () => {
    const subject = create();
    const steps: Promise<unknown>[] = [];
    await tf.data
      .array([1, 2])
      .map((value) => ({ x: tf.scalar(value) }))
      .forEachAsync((batch) => {
        const step = subject.step(batch);
        step.catch(() => undefined);
        steps.push(step);
      });
    await expect(steps[0]).rejects.toThrow(
      '`dataset.forEachAsync` disposes of batches too early: take them from `await dataset.iterator()`.',
    );
  });
});
