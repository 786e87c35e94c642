import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GradientCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import type { Objective } from '../objective.ts';
import { bias, half, kernel, largest, projecting, trainer, values } from '../testing/three-objectives.ts';

describe("over: 'shared'", () => {
  const onKernel: Objective<number> = {
    name: 'kernel only',
    priority: 0,
    loss: () => tf.sum(tf.square(kernel)),
  };
  const onBoth: Objective<number> = {
    name: 'both',
    priority: 1,
    weight: 3,
    loss: () => tf.add(tf.sum(kernel), tf.sum(bias)),
  };

  test.each([half, projecting, largest].map((c) => [c.name, c] as const))(
    'private parameters keep their own gradient with %s',
    async (_, combiner) => {
      const subject = trainer({ objectives: [onKernel, onBoth], combiner, over: 'shared' });
      const before = [...bias.dataSync()];
      const report = await subject.step(1);
      for (const [i, x] of bias.dataSync().entries()) expect(x).toBeCloseTo(before[i]! - 0.125 * 3, 5);
      // Over all parameters the second gradient has nine entries; over the shared ones it is six ones.
      const g = [...kernel.shape].reduce((a, b) => a * b);
      expect(g).toBe(6);
      expect(report.cosines?.at(1, 1)).toBeCloseTo(1, 6);
      const saved = await subject.checkpoint();
      expect(saved.shared).toEqual(['layer1/kernel']);
    },
  );

  test.each([half, projecting, largest, perLayer(projecting)].map((c) => [c.name, c] as const))(
    'a private gradient that is not finite stops the step of %s',
    async (_, combiner) => {
      const cusp: Objective<number> = {
        ...onBoth,
        loss: (batch) => tf.add(tf.sum(kernel), tf.sum(tf.sqrt(tf.mul(tf.square(bias), batch)))),
      };
      const subject = trainer({ objectives: [onKernel, cusp], combiner, over: 'shared' });
      const before = values();
      await expect(subject.step(0)).rejects.toThrow(/"layer2\/bias" of objective "both" is not finite/);
      expect(values()).toEqual(before);
    },
  );

  test.each([projecting, largest].map((c) => [c.name, c] as const))(
    'cosines of %s are those of the shared parameters',
    async (_, combiner) => {
      const report = await trainer({ objectives: [onKernel, onBoth], combiner, over: 'shared' }).step(1);
      const theta = [1, -2, 3, 0.5, 1, 2];
      const cosine = theta.reduce((a, b) => a + b) / Math.hypot(...theta) / Math.sqrt(6);
      expect(report.cosines?.at(0, 1)).toBeCloseTo(cosine, 6);
    },
  );

  test('with several batches, private parameters move by the mean over those that have the objective', async () => {
    const still: GradientCombiner = {
      name: 'still',
      needs: 'gramian',
      batches: 3,
      combine: ({ rows }) => ({ coefficients: rows.map(() => 0) }),
    };
    const scaled: Objective<number> = {
      ...onBoth,
      loss: (batch) => (batch === 0 ? null : tf.mul(onBoth.loss(batch) as tf.Tensor, batch)),
    };
    const subject = trainer({ objectives: [onKernel, scaled], combiner: still, over: 'shared' });
    const before = values();
    await subject.step(2, 0, 4);
    const step = 0.125 * 3 * ((2 + 4) / 2);
    for (const [i, x] of values().entries()) expect(x).toBeCloseTo(before[i]! - (i < 6 ? 0 : step), 5);
  });

  test('needs every objective in the first step', async () => {
    const absent = { ...onBoth, loss: () => null };
    const subject = trainer({ objectives: [onKernel, absent], over: 'shared' });
    await expect(subject.step(1)).rejects.toThrow(
      /"both" has no loss on its batch, or one .*. Start with a batch/,
    );
  });

  test('needs a parameter in common', async () => {
    const onBias: Objective<number> = { ...onBoth, loss: () => tf.sum(bias) };
    const subject = trainer({ objectives: [onKernel, onBias], over: 'shared' });
    await expect(subject.step(1)).rejects.toThrow(/needs a parameter that two objectives reach/);
  });
});
