import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import {
  bias,
  byLoss,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
} from '../testing/three-objectives.ts';
import type { TrainerOptions } from './options.ts';

describe('a loss or gradient that is not finite', () => {
  /** √(b x²) has no finite derivative by autodiff at b = 0, where its value is fine. */
  const cusp: Objective<number> = {
    name: 'cusp',
    priority: 1,
    loss: (batch) => tf.sum(tf.sqrt(tf.mul(tf.square(bias), batch))),
  };
  const poles: Objective<number> = {
    name: 'poles',
    priority: 1,
    loss: (batch) => tf.mul(tf.sum(bias), batch === 0 ? Number.NaN : 1),
  };

  test.each([half, projecting, largest].map((c) => [c.name, c] as const))(
    'stops the step of %s before anything is changed, and says where',
    async (_, combiner) => {
      const optimizer = tf.train.momentum(0.1, 0.9);
      const subject = trainer({ objectives: [three[0]!, cusp], combiner, optimizer });
      await subject.step(1);
      const before = values();
      const tensors = tf.memory().numTensors;
      const saved = await subject.checkpoint();
      await expect(subject.step(0)).rejects.toThrow(
        'Step 1: the gradient with respect to "layer2/bias" of objective "cusp" is not finite. Nothing was changed.',
      );
      expect(values()).toEqual(before);
      expect(await subject.checkpoint()).toEqual(saved);
      expect(tf.memory().numTensors).toBe(tensors);
      expect((await subject.step(1)).step).toBe(1);
    },
  );

  test('a loss that is NaN names its objective', async () => {
    for (const combiner of [half, byLoss, projecting]) {
      const subject = trainer({ objectives: [three[0]!, poles], combiner });
      await expect(subject.step(0)).rejects.toThrow(/the loss of objective "poles" is not finite/);
    }
  });

  test('what a combiner makes of finite gradients is its own fault, not that of an objective', async () => {
    const huge = { ...three[0]!, weight: 1e30 };
    const weighing: GradientCombiner = { ...half, name: 'weighing', weights: () => [1e30] };
    const remembering: GradientCombiner = {
      ...projecting,
      name: 'remembering',
      combine: () => ({ coefficients: [0, 0], remember: [[1e30, 0]] }),
    };
    for (const combiner of [weighing, remembering]) {
      const subject = trainer({ objectives: [huge], combiner, onNonFinite: 'skip' });
      const steps = async () => {
        for (const _ of [1, 2]) await subject.step(1);
      };
      await expect(steps()).rejects.toThrow(
        new RegExp(
          `the gradients are finite, but what the combiner ${combiner.name} made of them .* "layer1/kernel"`,
        ),
      );
    }
  });

  test("onNonFinite: 'skip' leaves the step out", async () => {
    const subject = trainer({ objectives: [three[0]!, cusp], combiner: projecting, onNonFinite: 'skip' });
    const before = values();
    const report = await subject.step(0);
    expect(report).toMatchObject({
      step: 0,
      updated: false,
      skipped: { objective: 'cusp', variable: 'layer2/bias' },
    });
    expect(values()).toEqual(before);
    expect((await subject.step(1)).step).toBe(1);
  });
});

describe('wrong use is refused', () => {
  const bad = (loss: () => unknown): Objective<number> => ({
    name: 'bad',
    priority: 0,
    loss: loss as () => tf.Scalar,
  });

  test.each([
    ['a vector', () => tf.square(bias), /"bad".*float32 of shape \[3\]. Reduce it with tf.mean/],
    ['a number', () => 3, /"bad".*it is 3/],
    ['nothing', () => undefined, /"bad".*it is undefined/],
    ['a promise', async () => tf.scalar(1), /"bad".*it is a promise. Prepare the batch before/],
  ])('a loss that is %s', async (_, loss, message) => {
    const tensors = tf.memory().numTensors;
    const optimizer = tf.train.adam();
    const subject = trainer({ objectives: [three[0]!, bad(loss)], optimizer });
    await expect(subject.step(1)).rejects.toThrow(message);
    optimizer.dispose();
    subject.dispose();
    // What the objective itself made outside the step's reach: the scalar of the promise.
    expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(1);
  });

  test.each([
    [{ objectives: [] }, /no objectives/],
    [{ objectives: [three[0]!, three[0]!] }, /Two objectives are named "first"/],
    [{ objectives: [{ ...three[0]!, priority: 0.5 }] }, /priority is 0.5, but must be a whole number/],
    [{ objectives: [{ ...three[0]!, weight: 0 }] }, /weight is 0, but must be positive/],
    [{ variables: [] }, /no variables to train/],
    [{ diagnostics: { every: 0 } }, /option diagnostics.every: it is 0, but must be a whole number from 1/],
  ] satisfies [Partial<TrainerOptions<number>>, RegExp][])('%j', (options, message) => {
    expect(() => trainer(options)).toThrow(message);
  });

  test('the wrong number of batches', async () => {
    await expect(trainer().step(1, 2)).rejects.toThrow('half takes 1 independent batches a step, but got 2.');
    const subject = trainer({ combiner: { ...projecting, batches: 2 } });
    await expect(subject.step(1)).rejects.toThrow('takes 2 independent batches');
    expect((await subject.step(1, 0.5)).rows).toHaveLength(6);
  });

  test('a step inside a gradient function', () => {
    const subject = trainer();
    let failure: Promise<unknown> | undefined;
    tf.variableGrads(() => {
      failure = subject.step(1);
      return tf.sum(kernel);
    });
    // The step itself runs later, outside of it.
    return expect(failure).resolves.toMatchObject({ updated: true });
  });
});

test('disposing during a step ends that step with an error, and frees everything', async () => {
  const tensors = tf.memory().numTensors;
  const optimizer = tf.train.adam();
  const subject = trainer({ combiner: projecting, optimizer });
  await subject.step(1);
  const before = values();
  const under = subject.step(1);
  await Promise.resolve();
  subject.dispose();
  await expect(under).rejects.toThrow(/disposed of while a step was under way/);
  await expect(subject.step(1)).rejects.toThrow(/has been disposed of. Create a new one/);
  expect(values()).toEqual(before);
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

test('what is remembered outlives a scope around a step or a restore', async () => {
  const tensors = tf.memory().numTensors;
  const subject = trainer({ combiner: projecting, optimizer: tf.train.adagrad(0.1) });
  const inScope = async (work: () => Promise<unknown>) => {
    tf.engine().startScope();
    await work();
    tf.engine().endScope();
  };
  await inScope(() => subject.step(1));
  await inScope(() => subject.step(1));
  const saved = await subject.checkpoint();
  await inScope(() => subject.restore(saved));
  expect(await subject.checkpoint()).toEqual(saved);
  subject.dispose();
  // The optimizer's accumulators are its own.
  expect(tf.memory().numTensors).toBe(tensors + 2);
});
