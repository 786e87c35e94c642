import { createTrainer, createVectorEngine } from '@scalpel/core';
import {
  gradients,
  matrixBank,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { type GradnormOptions, gradnorm } from './gradnorm.ts';

const engineOf = (options: GradnormOptions, count: number) =>
  createVectorEngine({
    combiner: gradnorm(options),
    objectives: withPriorities(...Array.from({ length: count }, () => 0)),
  });

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

/**
 * The weights after one step. The slope of the paper's loss is computed between two nearby points, with
 * constant targets.
 */
function trained(weights: Vector, lengths: Vector, ratios: Vector, alpha: number, rate: number): number[] {
  const average = mean(weights.map((w, i) => w * lengths[i]!));
  const targets = ratios.map((ratio) => average * (ratio / mean(ratios)) ** alpha);
  const loss = (w: Vector) => w.reduce((s, x, i) => s + Math.abs(x * lengths[i]! - targets[i]!), 0);
  const next = weights.map((w, i) => {
    const at = (shift: number) => loss(weights.map((x, j) => (j === i ? x + shift : x)));
    return w - (rate * (at(1e-6) - at(-1e-6))) / 2e-6;
  });
  return next.map((w) => w / mean(next));
}

test('each step uses the weights that the steps before have trained', () => {
  for (const [alpha, rate] of [
    [1.5, 0.025],
    [0, 0.1],
    [0.5, 0.01],
  ] as const) {
    const engine = engineOf({ alpha, rate }, 3);
    const next = gradients(4, 3, 5);
    let weights = [1, 1, 1];
    const first = [2, 0.5, 7];
    for (let step = 0; step < 30; step++) {
      const rows = next();
      const losses = first.map((loss, i) => loss * (1 - (0.01 + 0.005 * i) * step) + (step % 3) * 0.01);
      const { direction, coefficients } = engine.step({ batches: [rows], losses });
      const expected = sum(...rows.map((row, i) => [weights[i]!, row] as const));
      expect(relativeError(coefficients, weights)).toBeLessThan(1e-7);
      expect(relativeError(direction, expected)).toBeLessThan(1e-7);
      expect(coefficients.reduce((a, b) => a + b)).toBeCloseTo(3, 12);
      const ratios = losses.map((loss, i) => loss / first[i]!);
      weights = trained(
        weights,
        rows.map((row) => Math.hypot(...row)),
        ratios,
        alpha,
        rate,
      );
    }
  }
});

test('one step by hand', () => {
  const engine = engineOf({ alpha: 1, rate: 0.1 }, 2);
  // Lengths 3 and 1: the mean is 2, both losses as at first, so slopes 3 and −1.
  engine.step({
    batches: [
      [
        [3, 0],
        [0, 1],
      ],
    ],
    losses: [1, 1],
  });
  const { coefficients } = engine.step({
    batches: [
      [
        [3, 0],
        [0, 1],
      ],
    ],
    losses: [1, 1],
  });
  expect(coefficients[0]).toBeCloseTo(0.7 / 0.9, 14);
  expect(coefficients[1]).toBeCloseTo(1.1 / 0.9, 14);
});

test('with constant gradients the lengths come together, longer where a loss has fallen less', () => {
  const rows = [
    [3, 0, 0],
    [0, 1, 0],
    [0, 0, 0.2],
  ];
  const run = (losses: number[]) => {
    const engine = engineOf({ alpha: 1, rate: 1e-3 }, 3);
    engine.step({ batches: [rows], losses: [1, 1, 1] });
    for (let step = 0; step < 5000; step++) engine.step({ batches: [rows], losses });
    return engine.step({ batches: [rows], losses }).direction;
  };
  const even = run([1, 1, 1]);
  for (const x of even) expect(x / even[0]!).toBeCloseTo(1, 1);
  const uneven = run([1, 0.5, 0.5]);
  expect(uneven[0]! / uneven[1]!).toBeCloseTo(2, 1);
  expect(uneven[1]! / uneven[2]!).toBeCloseTo(1, 1);
});

test('what is balanced stays, to the last bit: rounding is no slope', () => {
  const engine = engineOf({}, 3);
  const rows = [
    [0.1, 0.2, 0.3],
    [0.3, 0.1, 0.2],
    [0.2, 0.3, 0.1],
  ];
  for (let step = 0; step < 3; step++) {
    const { coefficients } = engine.step({ batches: [rows], losses: [0.3, 0.7, 0.9] });
    expect(coefficients).toEqual([1, 1, 1]);
  }
});

test('a weight that would be negative is 0, and comes back', () => {
  const engine = engineOf({ rate: 1 }, 2);
  const step = () =>
    engine.step({
      batches: [
        [
          [3, 0],
          [0, 1],
        ],
      ],
      losses: [1, 1],
    }).coefficients;
  expect(step()).toEqual([1, 1]);
  expect(step()).toEqual([0, 2]);
  expect(step()[0]).toBeGreaterThan(0);
});

test('weights of absent objectives stay, the others keep their sum, and first losses are those first seen', () => {
  const engine = engineOf({ alpha: 1, rate: 0.1 }, 3);
  const rows = [
    [3, 0],
    [0, 1],
    [2, 2],
  ];
  const losses = [1, 1, 1];
  engine.step({ batches: [[rows[0]!, rows[1]!, null]], losses });
  const second = engine.step({ batches: [rows], losses: [1, 1, 5] }).coefficients;
  expect(second[0]! + second[1]!).toBeCloseTo(2, 14);
  expect(second[2]).toBe(1);
  // The third loss was 5 when it was first present, so it has not changed either.
  const third = engine.step({ batches: [rows], losses: [1, 1, 5] }).coefficients;
  const all = engineOf({ alpha: 1, rate: 0.1 }, 3);
  expect(third[2]).toBeLessThan(1);
  expect(all.step({ batches: [rows], losses }).coefficients).toEqual([1, 1, 1]);
});

test('weights are >= 0 and add up to the number of objectives at any scale', () => {
  for (const { name, rows } of matrixBank()) {
    const engine = engineOf({}, rows.length);
    const losses = rows.map((_, i) => 1 + i);
    for (let step = 0; step < 4; step++) {
      const { coefficients } = engine.step({ batches: [rows], losses: losses.map((x) => x / (1 + step)) });
      expect(Math.min(...coefficients), name).toBeGreaterThanOrEqual(0);
      expect(coefficients.reduce((a, b) => a + b) / rows.length, name).toBeCloseTo(1, 12);
    }
  }
});

test('where all losses have become 0 they count as equally far', () => {
  const engine = engineOf({}, 2);
  engine.step({
    batches: [
      [
        [1, 0],
        [0, 1],
      ],
    ],
    losses: [1, 2],
  });
  engine.step({
    batches: [
      [
        [1, 0],
        [0, 1],
      ],
    ],
    losses: [0, 0],
  });
  expect(
    engine.step({
      batches: [
        [
          [1, 0],
          [0, 1],
        ],
      ],
      losses: [0, 0],
    }).coefficients,
  ).toEqual([1, 1]);
});

test('losses that cannot be compared are refused', () => {
  const rows = [
    [1, 0],
    [0, 1],
  ];
  expect(() => engineOf({}, 2).step({ batches: [rows], losses: [1, 0] })).toThrow(
    /^gradnorm: the first loss of "objective 1" is 0, but it compares losses with the first ones/,
  );
  const engine = engineOf({}, 2);
  engine.step({ batches: [rows], losses: [1, 1] });
  expect(() => engine.step({ batches: [rows], losses: [-1, 1] })).toThrow(/the loss of "objective 0" is -1/);
  expect(() => gradnorm({ alpha: -1 })).toThrow(/^gradnorm: option alpha/);
  expect(() => gradnorm({ rate: -1 })).toThrow(/^gradnorm: option rate/);
});

test('a checkpoint whose first losses are no numbers is refused, also before the first step', async () => {
  const x = tf.variable(tf.scalar(1), true, 'x');
  const loss = (batch: number | null) => (batch === null ? null : tf.mul(tf.square(x), batch));
  const make = () =>
    createTrainer<number | null>({
      objectives: [
        { name: 'a', priority: 0, loss },
        { name: 'b', priority: 0, loss: () => tf.square(x) },
      ],
      combiner: gradnorm(),
      optimizer: tf.train.sgd(0.1),
      variables: [x],
    });
  const subject = make();
  for (const batch of [null, 2]) {
    await subject.step(batch);
    const checkpoint = await subject.checkpoint();
    const [memory] = checkpoint.memory as [{ initial: object; weights: object }];
    for (const a of ['6', Number.NaN, Number.POSITIVE_INFINITY, [], null, undefined]) {
      const damaged = { ...checkpoint, memory: [{ ...memory, initial: { ...memory.initial, a } }] };
      for (const trainer of [subject, make()]) {
        await expect(trainer.restore(damaged)).rejects.toThrow(
          /^The checkpoint is damaged: memory.0.initial.a is /,
        );
      }
    }
    const again = make();
    await again.restore(checkpoint);
    expect(await again.checkpoint()).toEqual(checkpoint);
  }
  x.dispose();
});
