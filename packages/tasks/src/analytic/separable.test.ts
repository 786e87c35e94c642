import type { Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { gradientOf, slope, trainerOf, trainSteps, weighing } from '../testing/training.ts';
import { threeLevels } from './three-levels.ts';
import { twoDimensional } from './two-dimensional.ts';

type Loss = (point: readonly number[]) => number;

// The losses are written out as in the formulas of the files.
const problems: [() => Task<number>, Loss[], number[]][] = [
  [twoDimensional, [([a]) => a! ** 2 / 2, ([a, b]) => ((a! - 1) ** 2 + b! ** 2) / 2], [0, 0]],
  [
    threeLevels,
    [
      ([a]) => a! ** 2 / 2,
      ([a, b]) => ((a! - 1) ** 2 + b! ** 2) / 2,
      ([a, b, c]) => ((a! - 1) ** 2 + (b! - 1) ** 2 + (c! - 2) ** 2) / 2,
    ],
    [0, 0, 2],
  ],
];

test.each(problems)(
  'losses, gradients and evaluation of %o are those of the formulas',
  async (create, formulas, solution) => {
    const task = create();
    const [theta] = task.variables as [tf.Variable];
    expect(task.objectives.map(({ priority }) => priority)).toEqual(formulas.map((_, level) => level));
    for (const point of [theta.dataSync().slice(), Float32Array.of(0.25, -1.5, 3).slice(0, theta.size)]) {
      tf.tidy(() => theta.assign(tf.tensor1d(point)));
      const { train, metrics } = await task.evaluate();
      for (const [index, objective] of task.objectives.entries()) {
        const value = formulas[index]!([...point]);
        expect(tf.tidy(() => (objective.loss(0) as tf.Tensor).dataSync()[0])).toBeCloseTo(value, 6);
        expect(train[objective.name]).toBeCloseTo(value, 14);
        for (const [axis, slopeThere] of gradientOf(objective, 0, theta).entries()) {
          const direction = solution.map((_, other) => (other === axis ? 1 : 0));
          expect(slopeThere).toBeCloseTo(slope(formulas[index]!, point, direction, 1e-3), 6);
        }
      }
      const errors = solution.map((x, axis) => Math.abs(x - point[axis]!));
      expect(metrics).toEqual({ distance: Math.max(...errors) });
    }
    task.dispose();
  },
);

async function trained(task: Task<number>, ...weights: number[]): Promise<number[]> {
  const optimizer = task.optimizer();
  const trainer = trainerOf(task, weighing(...weights), optimizer);
  await trainSteps(task, trainer, 0, task.steps);
  const point = [...(await task.variables[0]!.data())];
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
  return point;
}

test.each([0.1, 1, 4])('two dimensions: mixing with λ = %d leads to (λ/(1+λ), 0)', async (lambda) => {
  const point = await trained(twoDimensional({ steps: 1000, rate: 0.2 }), 1, lambda);
  expect(point[0]).toBeCloseTo(lambda / (1 + lambda), 5);
  expect(point[1]).toBeCloseTo(0, 5);
});

test('the main loss alone leaves the rest where it started, at one rate per step', async () => {
  expect(await trained(twoDimensional({ steps: 3 }), 1, 0)).toEqual([0.125, 1]);
  expect((await trained(threeLevels({ steps: 1 }), 1, 0, 0))[0]).toBeCloseTo(0.8, 6);
});

test('options have their limits', () => {
  expect(() => twoDimensional({ steps: 0.5 })).toThrow(
    /two-dimensional: option steps: it is 0.5, but must be a whole number/,
  );
  expect(() => threeLevels({ rate: 0 })).toThrow(/three-levels: option rate: it is 0, but must be > 0/);
});
