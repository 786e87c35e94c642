import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { LossCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import type { Objective } from '../objective.ts';
import { cosineSchedule } from '../schedule.ts';
import {
  bias,
  byLoss,
  combiners,
  gradientsByHand,
  kernel,
  largest,
  lossesByHand,
  projecting,
  three,
  trainer,
  values,
} from '../testing/three-objectives.ts';
import { createVectorEngine } from '../vector-engine/vector-engine.ts';

test.each(combiners.filter(({ name }) => !name.startsWith('perLayer')).map((c) => [c.name, c] as const))(
  'a step with %s is that of the float64 engine',
  async (_, combiner) => {
    const subject = trainer({ combiner });
    const engine = createVectorEngine({ combiner, objectives: three, seed: 7 });
    for (const batch of [0.25, 0.125, 0.5, 0.25]) {
      const before = values();
      const report = await subject.step(batch);
      const losses = lossesByHand(before, batch);
      const expected = engine.step({ batches: [gradientsByHand(before, batch)], losses });
      const after = before.map((x, i) => x - 0.125 * expected.direction[i]!);
      const scale = Math.max(1, ...expected.direction.map(Math.abs), ...expected.coefficients.map(Math.abs));
      for (const [i, x] of values().entries()) expect(x / scale).toBeCloseTo(after[i]! / scale, 5);
      for (const [i, c] of report.coefficients.entries()) {
        expect(c / scale).toBeCloseTo(expected.coefficients[i]! / scale, 5);
      }
      expect(report.losses.second).toBeCloseTo(losses[1]!, 4);
    }
    subject.dispose();
  },
);

test('perLayer answers for each layer as if it were alone', async () => {
  const subject = trainer({ combiner: perLayer(projecting) });
  const engines = [0, 1].map(() =>
    createVectorEngine({ combiner: { ...projecting }, objectives: three, seed: 7 }),
  );
  const before = values();
  const report = await subject.step(1);
  const rows = gradientsByHand(before, 1);
  const layers = [rows.map((g) => g.slice(0, 6)), rows.map((g) => g.slice(6))];
  for (const [layer, engine] of engines.entries()) {
    const expected = engine.step({ batches: [layers[layer]!] });
    // The last coefficient depends on a random number. Each layer draws one.
    const known = expected.coefficients.length - 1;
    expect(report.groups[layer]!.coefficients.slice(0, known)).toEqual(expected.coefficients.slice(0, known));
  }
  expect(report.groups).toHaveLength(2);
  subject.dispose();
});

test('an element-wise combiner sees each variable', async () => {
  const before = values();
  const subject = trainer({ combiner: largest });
  await subject.step(1);
  const [a, b, c] = gradientsByHand(before, 1);
  // The second objective counts half.
  const expected = before.map((x, i) => x - 0.125 * Math.max(a![i]!, b![i]! / 2, c![i]!));
  for (const [i, x] of values().entries()) expect(x).toBeCloseTo(expected[i]!, 5);
});

test.each([...combiners, largest].map((c) => [c.name, c] as const))(
  '100 steps of %s leak no tensor',
  async (_, combiner) => {
    const optimizer = tf.train.momentum(1e-4, 0.5);
    const before = tf.memory().numTensors;
    const subject = trainer({ combiner, optimizer, schedule: cosineSchedule({ rate: 1e-4, steps: 100 }) });
    await subject.step(1);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let step = 1; step < 100; step++) await subject.step(1 / step);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    subject.dispose();
    // Momentum keeps one accumulator for each of the two variables.
    expect(tf.memory().numTensors).toBe(before + 2);
    optimizer.dispose();
  },
);

describe('objectives without a label', () => {
  const sometimes = (o: Objective<number>, when: (batch: number) => boolean): Objective<number> => ({
    ...o,
    loss: (batch) => (when(batch) ? o.loss(batch) : null),
  });

  test('have no row, and the others go on', async () => {
    const objectives = [three[0]!, sometimes(three[1]!, (batch) => batch > 0.5)];
    const subject = trainer({ objectives, combiner: projecting });
    const engine = createVectorEngine({ combiner: projecting, objectives, seed: 7 });
    for (const batch of [1, 0.5, 2, 0.25]) {
      const before = values();
      const [a, b] = gradientsByHand(before, batch);
      const expected = engine.step({ batches: [[a!, batch > 0.5 ? b! : null]] });
      const report = await subject.step(batch);
      expect(report.losses.second === null).toBe(batch <= 0.5);
      const after = before.map((x, i) => x - 0.125 * expected.direction[i]!);
      for (const [i, x] of values().entries()) expect(x).toBeCloseTo(after[i]!, 5);
    }
  });

  test('all absent: no update, but the step counts', async () => {
    const optimizer = tf.train.adam();
    const subject = trainer({ objectives: [sometimes(three[0]!, () => false)], optimizer });
    const before = values();
    const report = await subject.step(1);
    expect(report.updated).toBe(false);
    expect(values()).toEqual(before);
    expect(optimizer.iterations).toBe(0);
    expect(subject.steps).toBe(1);
  });
});

test('concurrent steps queue', async () => {
  const [a, b] = [trainer({ combiner: projecting }), trainer({ combiner: projecting })];
  const start = values();
  for (const batch of [1, 2, 3]) await a.step(batch);
  const sequential = values();
  tf.tidy(() => {
    kernel.assign(tf.tensor2d(start.slice(0, 6), [2, 3]));
    bias.assign(tf.tensor1d(start.slice(6)));
  });
  const reports = await Promise.all([1, 2, 3].map((batch) => b.step(batch)));
  expect(reports.map(({ step }) => step)).toEqual([0, 1, 2]);
  expect(values()).toEqual(sequential);
});

test('cosines come with a Gramian, and by diagnostics elsewhere', async () => {
  const [a, b, c] = gradientsByHand(values(), 1);
  const cosine = (x: number[], y: number[]) => {
    const dot = (p: number[], q: number[]) => p.reduce((sum, v, i) => sum + v * q[i]!, 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  };
  const report = await trainer({ combiner: projecting, optimizer: tf.train.sgd(1e-9) }).step(1);
  expect(report.cosines?.at(0, 1)).toBeCloseTo(cosine(a!, b!), 6);
  const single = trainer({ diagnostics: { every: 2 } });
  expect((await single.step(1)).cosines?.at(0, 2)).toBeCloseTo(cosine(a!, c!), 5);
  expect((await single.step(1)).cosines).toBeNull();
});

test('a method that looks at the losses after the step sees those of the same batch', async () => {
  const seen: number[][] = [];
  const looking: LossCombiner<number> = {
    ...byLoss,
    after: ({ losses, memory }) => {
      seen.push([...losses]);
      return memory;
    },
  };
  const subject = trainer({ combiner: looking, optimizer: tf.train.sgd(0.01) });
  await subject.step(0.5);
  const expected = lossesByHand(values(), 0.5).map((loss, i) => loss * [1, 0.5, 1][i]!);
  for (const [i, loss] of seen[0]!.entries()) expect(loss).toBeCloseTo(expected[i]!, 4);
});
