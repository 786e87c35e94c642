import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { bias, half, kernel, three, trainer, values, variables } from '../testing/three-objectives.ts';
import { createTrainer } from './trainer.ts';

describe('what may change is looked at in each step', () => {
  test('a variable that has been disposed of, and one that has its name', async () => {
    const subject = trainer();
    await subject.step(1);
    const before = [...kernel.dataSync()];
    bias.dispose();
    const message =
      /^Variable "layer2\/bias" has been disposed of, or is of another copy of TensorFlow.js, so this trainer cannot use it. Create a new trainer/;
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
      const onKernel = { ...three[0]!, loss: () => tf.sum(kernel) };
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
    loss: ({ x }: { x: tf.Tensor }) => tf.sum(tf.mul(bias, x)),
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
