import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GramianCombiner, LossCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import type { Objective } from '../objective.ts';
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
} from '../testing/three-objectives.ts';

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
  loss: (batch) => tf.mul(tf.sum(tf.square(kernel)), batch * (1 + o.priority)),
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
      ...state!.accumulators.accumulations![v]!.tensor.values,
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
      objectives: [ofKernel(three[0]!), { ...three[1]!, loss: () => tf.sum(bias) }],
    });
    expect((await subject.step(0.5)).unreached).toEqual([]);
    bias.trainable = false;
    expect((await subject.step(0.5)).unreached).toEqual(['second']);
  });

  /** As mgda, whose answer a row of zeros would be. */
  const shortest: GramianCombiner<number> = {
    ...projecting,
    name: 'shortest',
    combine({ gramian, rows, memory }) {
      const squares = rows.map((_, i) => gramian.at(i, i));
      const first = squares.indexOf(Math.min(...squares));
      const e = rows.length;
      const coefficients = Array.from({ length: gramian.size }, (_, i) => (i === first ? 1 : 0));
      return {
        coefficients,
        remember: [[...rows.map(() => 0.25), gramian.at(e, e) === 0 ? 0 : 0.5]],
        memory: memory + 1,
      };
    },
  };
  const looking: LossCombiner<number> = {
    ...byLoss,
    name: 'looking',
    after: ({ memory, losses }) => memory + losses.length,
  };

  test.each(
    [...combiners.map(([, combiner]) => combiner), shortest, perLayer(shortest), looking].flatMap(
      (combiner) =>
        (['kept', 'streamed'] as const).map((gradients) => [combiner.name, gradients, combiner] as const),
    ),
  )('%s, gradients that are %s: the others train as if it were null', async (_, gradients, combiner) => {
    const start = values();
    const run = async (lost: () => tf.Scalar | null) => {
      kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
      bias.assign(tf.tensor1d(start.slice(6)));
      const sometimes: Objective<number> = {
        ...three[2]!,
        loss: (batch) => (batch === 1 ? three[2]!.loss(batch) : lost()),
      };
      const objectives = [three[0]!, three[1]!, sometimes];
      const subject = trainer({ objectives, combiner, gradients, diagnostics: { every: 1 } });
      const reports = [];
      for (const batch of [1, 0.5, 0.25, 1, 0.5]) reports.push(await subject.step(batch));
      const checkpoint = await subject.checkpoint();
      subject.dispose();
      return {
        checkpoint,
        reports: reports.map(({ losses: { third, ...losses }, unreached, ...report }) => ({
          losses,
          ...report,
        })),
      };
    };
    expect(await run(() => tf.scalar(3))).toEqual(await run(() => null));
  });

  test('of one batch, where its loss reaches in another: that row alone is left out', async () => {
    const sometimes: Objective<number> = {
      ...three[1]!,
      loss: (batch) => (batch === 1 ? three[1]!.loss(batch) : tf.scalar(3)),
    };
    const subject = trainer({ objectives: [three[0]!, sometimes], combiner: { ...shortest, batches: 2 } });
    const second = (three[1]!.loss(1) as tf.Tensor).dataSync()[0]!;
    const report = await subject.step(1, 0.5);
    expect(report.rows.map(({ objective, batch }) => [objective, batch])).toEqual([
      ['first', 0],
      ['second', 0],
      ['first', 1],
    ]);
    expect(report.unreached).toEqual(['second']);
    expect(report.losses.second).toBeCloseTo((second + 3) / 2, 6);
  });

  test.each(combiners)('with %s: one that is not finite is not taken in silence', async (_, combiner) => {
    const lost: Objective<number> = {
      name: 'lost',
      priority: 1,
      loss: (batch) => tf.scalar(batch === 1 ? Number.NaN : 1),
    };
    for (const onNonFinite of ['throw', 'skip'] as const) {
      const subject = trainer({ objectives: [three[0]!, lost], combiner, onNonFinite });
      await subject.step(0.5);
      const before = values();
      const tensors = tf.memory().numTensors;
      const step = subject.step(1);
      if (onNonFinite === 'throw') {
        await expect(step).rejects.toThrow('Step 1: the loss of objective "lost" is not finite.');
      } else
        expect(await step).toMatchObject({ updated: false, skipped: { objective: 'lost', variable: null } });
      expect(values()).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
      subject.dispose();
    }
  });

  test("who reaches what cannot be told of it, so over: 'shared' does not begin with it", async () => {
    const lost: Objective<number> = { name: 'lost', priority: 1, loss: () => tf.scalar(1) };
    const subject = trainer({ objectives: [...three, lost], combiner: projecting, over: 'shared' });
    await expect(subject.step(1)).rejects.toThrow(
      'objective "lost" has no loss on its batch, or one that depends on no variable that is trained.',
    );
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
    const before = values();
    expect(await subject.step(0)).toMatchObject({
      unreached: ['first'],
      losses: { first: 0 },
      rows: [],
      updated: false,
    });
    expect(values()).toEqual(before);
  });
});
