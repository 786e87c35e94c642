import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { GramianCombiner } from '../combiner.ts';
import { perLayer } from '../compose/per-layer.ts';
import type { Objective } from '../objective.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { minimizeByEnumeration } from '../testing/enumerate.ts';
import {
  bias,
  byLoss,
  half,
  kernel,
  largest,
  three,
  trainer,
  values,
  variables,
} from '../testing/three-objectives.ts';
import { dot, sum, type Vector } from '../testing/vectors.ts';
import type { TrainerOptions } from '../trainer/options.ts';

/** Coefficients of both signs, also on a remembered row. */
const wild: GramianCombiner = {
  name: 'wild',
  needs: 'gramian',
  remembers: () => 1,
  combine: ({ gramian, rows, random }) => ({
    coefficients: Array.from({ length: gramian.size }, () => 2 * random() - 1),
    remember: [Array.from({ length: gramian.size }, (_, row) => (row < rows.length ? 1 : 0.5))],
  }),
};

/** The same without a remembered row. */
const forgetful: GramianCombiner['combine'] = ({ rows, random }) => ({
  coefficients: rows.map(() => 2 * random() - 1),
});

/** Each objective's mean gradient over its batches, over all variables, computed by TensorFlow.js itself. */
function gradientsOf(
  objectives: readonly Objective<number>[],
  batches: readonly number[],
): Map<string, Vector> {
  const byName = new Map<string, Vector>();
  for (const { name, loss } of objectives) {
    const own = batches.flatMap((batch) => {
      if (loss(batch) === null) return [];
      const { grads } = tf.variableGrads(() => loss(batch) as tf.Scalar, variables);
      return [variables.flatMap((v) => [...(grads[v.name] ?? tf.zerosLike(v)).dataSync()])];
    });
    if (own.length > 0) byName.set(name, sum(...own.map((gradient) => [1 / own.length, gradient] as const)));
  }
  return byName;
}

/** By trying every support; the gradients are independent. */
function shortestCombination(gradients: readonly Vector[]): number {
  const scaled = minimizeByEnumeration(
    SymmetricMatrix.gramian(gradients),
    gradients.map(() => -1),
  );
  return 1 / Math.sqrt(scaled.reduce((a, b) => a + b));
}

const quadratic = three.map(
  (objective, k): Objective<number> => ({
    ...objective,
    // A gradient of its own direction each, and of none where the batch is k.
    loss: (batch) =>
      batch === k
        ? null
        : tf.tidy(() => {
            const tilt = tf.sum(tf.mul(kernel, [1 - k, k, 2 * k - 1]));
            return tf.add(objective.loss(batch) as tf.Tensor, tilt);
          }),
  }),
);

const onKernel: Objective<number> = {
  name: 'kernel only',
  priority: 0,
  weight: 2,
  loss: () => tf.sum(tf.square(kernel)),
};
const onBoth: Objective<number> = {
  name: 'both',
  priority: 1,
  weight: 3,
  loss: (batch) => tf.add(tf.mul(tf.sum(kernel), 40 * batch - 32), tf.sum(tf.square(bias))),
};
const everyStep = { diagnostics: { every: 1 } };

describe.each<[string, Partial<TrainerOptions<number>>, number]>([
  ['a Gramian', { combiner: wild }, 1],
  ['a Gramian per layer', { combiner: perLayer(wild) }, 1],
  ['three batches', { combiner: { ...wild, batches: 3 } }, 3],
  ['shared variables', { combiner: wild, objectives: [onKernel, onBoth], over: 'shared' }, 1],
  [
    'shared variables and two batches',
    { combiner: { ...wild, batches: 2 }, objectives: [onKernel, onBoth], over: 'shared' },
    2,
  ],
  ['some variables', { combiner: wild, over: ['layer2/bias'] }, 1],
  [
    'some variables, without remembered rows',
    { combiner: { ...wild, remembers: () => 0, combine: forgetful }, over: ['layer2/bias'], ...everyStep },
    1,
  ],
  ['weights from losses', { combiner: byLoss, ...everyStep }, 1],
  [
    'fixed weights of shared variables',
    { combiner: half, objectives: [onKernel, onBoth], over: 'shared' },
    1,
  ],
  ['elements', { combiner: largest, ...everyStep }, 1],
  [
    'elements of shared variables',
    { combiner: largest, objectives: [onKernel, onBoth], over: 'shared', ...everyStep },
    1,
  ],
])('from %s', (_, options, count) => {
  test('lengths, what the direction worsens and how far it is to stationarity are as with explicit vectors', async () => {
    const objectives = options.objectives ?? quadratic;
    const subject = trainer({ objectives, optimizer: tf.train.sgd(1 / 8), ...options });
    const start = [kernel, bias].map((variable) => variable.clone());
    const seen = new Set<string>();
    for (let step = 0; step < 12; step++) {
      // All objectives are present in the first step. Later one is sometimes absent.
      const batches = Array.from({ length: count }, (_, b) => (step % 3 === 0 ? 0.5 + b : (step + b) % 3));
      const gradients = gradientsOf(objectives, batches);
      const before = values();
      const report = await subject.step(...batches);
      const direction = sum([8, before], [-8, values()]);
      const worsened = [...gradients].filter(([, gradient]) => dot(gradient, direction) < 0);
      expect([...report.worsened!].sort()).toEqual(worsened.map(([name]) => name).sort());
      for (const [name] of gradients) seen.add(`${report.worsened?.includes(name)} ${name}`);
      for (const { name } of objectives) {
        const gradient = gradients.get(name);
        if (!gradient) expect(report.lengths![name]).toBeNull();
        else expect(report.lengths![name]! / Math.hypot(...gradient)).toBeCloseTo(1, 5);
      }
      const distance = shortestCombination([...gradients.values()]);
      expect(report.distanceToStationarity! / distance).toBeCloseTo(1, 5);
      kernel.assign(start[0]!);
      bias.assign(start[1]!);
    }
    expect(seen.size).toBeGreaterThan(objectives.length);
    tf.dispose(start);
  });
});

test('a direction along a level set worsens nothing, whatever rounding says', async () => {
  // What is left of the second gradient is orthogonal to the first, so that ⟨g, d⟩ is 0 but for rounding.
  const orthogonal: GramianCombiner = {
    name: 'orthogonal',
    needs: 'gramian',
    combine: ({ gramian }) => ({ coefficients: [-gramian.at(0, 1) / gramian.at(0, 0), 1, 0] }),
  };
  const report = await trainer({ combiner: orthogonal }).step(1);
  expect(report.worsened).not.toContain('first');
  expect(report.worsened).not.toContain('second');
});

test('opposed gradients are Pareto-stationary, and a direction cannot improve both', async () => {
  const up: Objective<number> = { name: 'up', priority: 0, loss: () => tf.sum(kernel) };
  const down: Objective<number> = {
    name: 'down',
    priority: 0,
    weight: 7,
    loss: () => tf.neg(tf.sum(kernel)),
  };
  const sums: GramianCombiner = { name: 'sums', needs: 'gramian', combine: () => ({ coefficients: [1, 1] }) };
  const report = await trainer({ objectives: [up, down], combiner: sums }).step(1);
  expect(report.distanceToStationarity).toBeLessThan(1e-12);
  expect(report.worsened).toEqual(['up']);
});

test('nothing is known without a Gramian, or where no objective is present', async () => {
  const nothing = { cosines: null, lengths: null, worsened: null, distanceToStationarity: null };
  expect(await trainer({ diagnostics: { every: 2 } }).step(1)).not.toMatchObject(nothing);
  expect(await trainer().step(1)).toMatchObject(nothing);
  const absent = three.map((objective) => ({ ...objective, loss: () => null }));
  expect(await trainer({ objectives: absent, combiner: wild }).step(1)).toMatchObject(nothing);
  expect(await trainer({ combiner: largest }).step(1)).toMatchObject({
    worsened: null,
    lengths: { first: expect.any(Number) },
  });
});

test('looking leaves no tensor behind', async () => {
  const subject = trainer({ combiner: half, diagnostics: { every: 2 } });
  await subject.step(1);
  const { numTensors } = tf.memory();
  for (let step = 0; step < 4; step++) await subject.step(1);
  expect(tf.memory().numTensors).toBe(numTensors);
});
