import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GramianCombiner } from './combiner.ts';
import type { Objective } from './objective.ts';
import {
  bias,
  byLoss,
  gradientsByHand,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
} from './testing/three-objectives.ts';

const combiners = [half, byLoss, projecting, largest].map((combiner) => [combiner.name, combiner] as const);
let warnings: string[];
declare const console: { warn(message: string): void };

beforeEach(() => {
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((message) => warnings.push(message));
});

afterEach(() => vi.restoreAllMocks());

const ofKernel = (o: Objective<number>): Objective<number> => ({
  ...o,
  loss: (batch) => tf.mul(tf.sum(tf.square(kernel)), batch * (1 + o.priority)) as tf.Scalar,
});

describe('a variable whose trainable is set to false stays where it is', () => {
  test.each(combiners)('with %s, whatever the optimizer remembers of it', async (_, combiner) => {
    const optimizer = tf.train.momentum(0.125, 0.5);
    const subject = trainer({ combiner, optimizer });
    await subject.step(1);
    bias.trainable = false;
    const [still, moving] = [[...bias.dataSync()], [...kernel.dataSync()]];
    const { optimizer: before } = await subject.checkpoint();
    const tensors = tf.memory().numTensors;
    await subject.step(1);
    expect(tf.memory().numTensors).toBe(tensors);
    expect([...bias.dataSync()]).toEqual(still);
    expect([...kernel.dataSync()]).not.toEqual(moving);
    const { optimizer: after } = await subject.checkpoint();
    const accumulator = (state: typeof before, v: number) => [
      ...state.accumulators.accumulations![v]!.tensor.values,
    ];
    expect(accumulator(after, 1)).toEqual(accumulator(before, 1));
    expect(accumulator(after, 0)).not.toEqual(accumulator(before, 0));
    bias.trainable = true;
    await subject.step(1);
    expect([...bias.dataSync()]).not.toEqual(still);
  });

  test('the others go as if it were a constant', async () => {
    const start = values();
    const run = async (freezes: boolean) => {
      kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
      bias.assign(tf.tensor1d(start.slice(6)));
      bias.trainable = !freezes;
      const subject = trainer({ combiner: projecting, variables: freezes ? [kernel, bias] : [kernel] });
      for (const batch of [1, 0.5, 0.25]) await subject.step(batch);
      subject.dispose();
      return [...kernel.dataSync()];
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test('what is remembered of it stays, and takes no part in inner products', async () => {
    /** The part of the gradients along the average of the first. */
    const along: GramianCombiner = {
      name: 'along',
      needs: 'gramian',
      remembers: () => 1,
      combine: ({ gramian, rows: { length } }) => ({
        coefficients: [
          ...Array.from({ length }, () => 0),
          gramian.at(length, length) === 0 ? 0 : gramian.at(0, length) / gramian.at(length, length),
        ],
        remember: [[0.25, ...Array.from({ length: length - 1 }, () => 0), 0.75]],
      }),
    };
    const subject = trainer({ combiner: along });
    for (const batch of [1, 0.5]) await subject.step(batch);
    bias.trainable = false;
    const [before] = (await subject.checkpoint()).remembered;
    const average = [...before![0]!.values];
    const gradient = gradientsByHand(values(), 1)[0]!.slice(0, 6);
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const report = await subject.step(1);
    expect(report.coefficients.at(-1)).toBeCloseTo(dot(gradient, average) / dot(average, average), 6);
    const [after] = (await subject.checkpoint()).remembered;
    expect(after![1]).toEqual(before![1]);
    expect(after![0]).not.toEqual(before![0]);
  });

  test('all of them: there is nothing to train', async () => {
    const subject = trainer();
    for (const variable of [kernel, bias]) variable.trainable = false;
    await expect(subject.step(1)).rejects.toThrow('Step 0: none of the variables is trainable.');
    bias.trainable = true;
    expect((await subject.step(1)).updated).toBe(true);
  });

  test("who shares it cannot be told then, so over: 'shared' does not begin with it", async () => {
    const subject = trainer({ combiner: projecting, over: 'shared' });
    bias.trainable = false;
    await expect(subject.step(1)).rejects.toThrow(
      /over: 'shared' is settled in the first step, but "layer2\/bias" is not trainable/,
    );
    bias.trainable = true;
    expect((await subject.step(1)).updated).toBe(true);
    expect((await subject.checkpoint()).shared).toEqual(['layer1/kernel', 'layer2/bias']);
  });
});

describe('a loss without a path to a variable', () => {
  const constant = tf.scalar(3);
  const pathless: Record<string, () => tf.Scalar> = {
    'a new constant': () => tf.scalar(3),
    'the same constant every step': () => constant,
    'a value that was read back': () => tf.scalar(kernel.dataSync()[0]!),
  };

  test.each(
    Object.keys(pathless).flatMap((name) => combiners.map(([id, combiner]) => [name, id, combiner] as const)),
  )('%s, with %s: it is said once, and the others train', async (name, _, combiner) => {
    const lost: Objective<number> = { name: 'lost', priority: 1, loss: pathless[name]! };
    const subject = trainer({ objectives: [ofKernel(three[0]!), lost], combiner, variables: [kernel] });
    await subject.step(0.5);
    const tensors = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      const before = values();
      expect((await subject.step(0.5)).unreached).toEqual(['lost']);
      expect(values()).not.toEqual(before);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      'Step 0: the loss of objective "lost" depends on no variable that is trained',
    );
    subject.dispose();
  });

  test('a loss that uses only what is frozen is one', async () => {
    const subject = trainer({
      objectives: [ofKernel(three[0]!), { ...three[1]!, loss: () => tf.sum(bias) as tf.Scalar }],
    });
    expect((await subject.step(0.5)).unreached).toEqual([]);
    bias.trainable = false;
    expect((await subject.step(0.5)).unreached).toEqual(['second']);
  });

  test('it is an error where no loss has one', async () => {
    const subject = trainer({ objectives: three.map((o) => ({ ...o, loss: () => tf.scalar(1) })) });
    const before = values();
    await expect(subject.step(1)).rejects.toThrow(
      'Step 0: no loss depends on any of the variables that are trained.',
    );
    expect(values()).toEqual(before);
  });

  test('it is none in a batch that holds nothing for the others, once they have trained', async () => {
    const sometimes = {
      ...ofKernel(three[0]!),
      loss: (batch: number) => (batch === 0 ? tf.scalar(0) : ofKernel(three[0]!).loss(batch)),
    };
    const subject = trainer({ objectives: [sometimes] });
    await subject.step(0.5);
    expect((await subject.step(0)).unreached).toEqual(['first']);
  });
});
