import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { type BatchInPieces, inPieces } from '../forward/pieces.ts';
import { shared } from '../forward/shared.ts';
import { NonFiniteError } from '../non-finite.ts';
import type { Objective } from '../objective.ts';
import { peakBytes, seesBytes } from '../testing/peak-bytes.ts';
import {
  bias,
  byLoss,
  combiners,
  half,
  kernel,
  largest,
  projecting,
  three,
  trainer,
  values,
} from '../testing/three-objectives.ts';
import { createTrainer } from '../trainer/trainer.ts';

const mean: GramianCombiner = {
  name: 'mean',
  needs: 'gramian',
  combine: ({ rows }) => ({ coefficients: rows.map(() => 1 / rows.length) }),
};

describe('gradients that are streamed', () => {
  async function path(combiner: GradientCombiner, gradients: 'kept' | 'streamed', over: 'all' | 'shared') {
    const start = values();
    // One objective reaches only one variable, and is sometimes absent.
    const alone: Objective<number> = {
      name: 'alone',
      priority: 4,
      loss: (batch) => (batch > 0.3 ? tf.sum(tf.square(bias)) : null),
    };
    const optimizer = tf.train.sgd(0.125);
    const tensors = tf.memory().numTensors;
    const subject = trainer({ objectives: [...three, alone], combiner, optimizer, gradients, over });
    const reports = [];
    for (const batch of [0.5, 0.25, 0.5]) reports.push(await subject.step(batch));
    subject.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    const end = values();
    tf.tidy(() => {
      kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
      bias.assign(tf.tensor1d(start.slice(6)));
    });
    return { end, reports };
  }

  const all = [...combiners, mean, largest].flatMap((combiner) =>
    (['all', 'shared'] as const).map((over) => [combiner.name, over, combiner] as const),
  );

  test.each(all)('%s, over %s parameters: the same steps and reports', async (_, over, combiner) => {
    const [kept, streamed] = [await path(combiner, 'kept', over), await path(combiner, 'streamed', over)];
    for (const [i, x] of streamed.end.entries()) expect(x).toBeCloseTo(kept.end[i]!, 5);
    for (const [step, report] of streamed.reports.entries()) {
      const { cosines, ...rest } = kept.reports[step]!;
      expect({ ...report, cosines: null }).toEqual({ ...rest, cosines: null });
      expect(report.cosines?.at(0, 1)).toBe(cosines?.at(0, 1));
    }
  });

  test.each([
    ['projecting', projecting],
    ['largest', largest],
  ])('%s: a gradient that is not finite is named, and nothing is left behind', async (_, combiner) => {
    const wild = tf.customGrad((x) => ({
      value: tf.sum(x as tf.Tensor),
      gradFunc: () => tf.fill((x as tf.Tensor).shape, Number.NaN),
    }));
    const objectives = [...three, { name: 'wild', priority: 1, loss: () => wild(bias) }];
    const subject = trainer({ objectives, combiner, gradients: 'streamed' });
    const [before, tensors] = [values(), tf.memory().numTensors];
    const failure = await subject.step(1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NonFiniteError);
    expect(failure).toMatchObject({ objective: 'wild', variable: 'layer2/bias' });
    expect(values()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe.skipIf(!seesBytes)('memory', () => {
  const size = 16 * 100 * 50;

  /**
   * Bytes at the peak of a step beyond those before it, in units of one gradient. The tape holds little: one
   * row of each layer.
   */
  async function peak(
    rows: number,
    combiner: GradientCombiner,
    gradients: 'kept' | 'streamed',
    batch?: BatchInPieces<void>,
  ) {
    const x = tf.ones([1, 100]) as tf.Tensor2D;
    const variables = Array.from({ length: 16 }, () => tf.variable(tf.ones([100, 50])));
    const objectives = Array.from(
      { length: rows },
      (_, k): Objective => ({
        name: `objective ${k}`,
        priority: k,
        loss: () =>
          tf.mean(tf.mul(tf.addN(variables.map((layer) => tf.matMul(x, layer as tf.Tensor2D))), k + 1)),
      }),
    );
    const optimizer = tf.train.sgd(0.1);
    const subject = createTrainer({ objectives, combiner, optimizer, variables, gradients });
    await subject.step();
    const bytes = await peakBytes(() => subject.step(batch));
    subject.dispose();
    return bytes / (4 * size);
  }

  /** Averages of all gradients. */
  const averaging: GramianCombiner = {
    name: 'averaging',
    needs: 'gramian',
    remembers: ({ rows }) => rows.length,
    combine: ({ rows }) => ({
      coefficients: [...rows, ...rows].map(() => 1),
      remember: rows.map((_, a) => [...rows, ...rows].map((_, i) => (i % rows.length === a ? 0.5 : 0))),
    }),
  };

  test.each([2, 4, 8])('%i gradients are kept: themselves, and one more', async (rows) => {
    expect(await peak(rows, mean, 'kept')).toBeLessThan(1.1 * (rows + 1));
    // The averages exist before the step. While the optimizer runs there are also the next averages, the
    // direction, and the values that it replaces.
    const [combining, moving] = [rows + rows + 1, rows + rows + 2];
    expect(rows + (await peak(rows, averaging, 'kept'))).toBeLessThan(1.1 * Math.max(combining, moving));
  });

  test.each([2, 4, 8])('%i gradients of a batch in pieces: themselves, and one more', async (rows) => {
    const batch = inPieces(new Array<void>(5).fill(undefined), { sizes: [3, 1, 2, 2, 4] });
    expect(await peak(rows, mean, 'kept', batch)).toBeLessThan(1.1 * (rows + 1));
    // Fixed weights add up a single gradient. While the optimizer runs there are also the values it replaces.
    expect(await peak(rows, half, 'kept', batch)).toBeLessThan(2.5);
  });

  test.each([
    ['half', half],
    ['by-loss', byLoss],
    ['mean', mean],
    ['largest', largest],
  ])('%s: a batch in pieces takes what its largest piece takes', async (_, combiner) => {
    const values = tf.ones([64, 500]);
    const objectives = [1, 2].map(
      (k): Objective<tf.Tensor> => ({
        name: `${k}`,
        priority: k,
        loss: (x) => tf.mean(tf.square(tf.sin(tf.mul(tf.tanh(tf.mul(x, kernel)), k)))),
      }),
    );
    const kernel = tf.variable(tf.ones([500]));
    const subject = createTrainer({
      objectives,
      combiner,
      optimizer: tf.train.sgd(0.1),
      variables: [kernel],
    });
    const pieces = tf.split(values, 8);
    const peaks = [];
    for (const batch of [values, pieces[0]!, inPieces(pieces)])
      peaks.push(await peakBytes(() => subject.step(batch)));
    const [whole, piece, all] = peaks as [number, number, number];
    expect(whole).toBeGreaterThan(4 * piece);
    // Beside the intermediate results, there are two sums of gradients.
    expect(all).toBeLessThan(1.1 * (piece + 2 * 4 * 500));
  });

  test.each([2, 4, 8])('%i gradients are streamed: one variable of each', async (rows) => {
    expect(await peak(rows, mean, 'streamed')).toBeLessThan(2 + rows / 4);
  });
});

describe('work', () => {
  /** The number of backward passes in one step through a trunk that two objectives share. */
  async function passes(combiner: GradientCombiner, gradients: 'kept' | 'streamed' = 'kept') {
    let count = 0;
    const counted = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => {
        count++;
        return tf.clone(dy as tf.Tensor);
      },
    }));
    const trunk = shared((_: number) => counted(tf.square(kernel)));
    const objectives = [1, 2].map((factor, priority) => ({
      name: `times ${factor}`,
      priority,
      loss: (batch: number) => tf.sum(tf.mul(trunk(batch), factor)),
    }));
    await trainer({ objectives, combiner, gradients }).step(1);
    return count;
  }

  test('one backward pass for fixed weights and for weights from losses, else one per gradient', async () => {
    for (const combiner of [half, byLoss]) expect(await passes(combiner)).toBe(1);
    for (const combiner of [mean, projecting, largest]) expect(await passes(combiner)).toBe(2);
  });

  test('streamed: one more of the weighted losses, or all of them again where rows are remembered or single elements looked at', async () => {
    expect(await passes(mean, 'streamed')).toBe(3);
    for (const combiner of [projecting, largest]) expect(await passes(combiner, 'streamed')).toBe(4);
  });

  test('what is not trained costs nothing in the backward passes', async () => {
    const frozen = tf.variable(tf.ones([3, 3]));
    const model = (batch: number) =>
      tf.sum(tf.matMul(tf.matMul(tf.fill([4, 3], batch), frozen), tf.transpose(kernel)));
    const objectives = [{ name: 'only', priority: 0, loss: model }];
    const subject = trainer({ objectives, combiner: mean });
    const { kernelNames, kernels } = await tf.profile((async () => {
      await subject.step(1);
    }) as unknown as () => void);
    expect(kernelNames).toContain('BatchMatMul');
    // Two forward; backward the one for the kernel alone.
    expect(kernels.filter(({ name }) => name === 'BatchMatMul')).toHaveLength(3);
  });
});
