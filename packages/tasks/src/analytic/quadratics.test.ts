import { randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { Matrix, pseudoInverse } from 'ml-matrix';
import { expect, test } from 'vitest';
import { normals } from '../random.ts';
import { dot, gradientOf, slope } from '../testing/training.ts';
import { quadratics } from './quadratics.ts';
import {
  EXAMPLES,
  exactSolution,
  quadraticsLosses,
  quadraticsProblem,
  squaredDistance,
  UNKNOWNS,
} from './quadratics-problem.ts';

const problem = quadraticsProblem(4);
const inputs = Matrix.from1DArray(EXAMPLES, UNKNOWNS, Array.from(problem.inputs));

test('the losses are those of the formulas', () => {
  const theta = normals(UNKNOWNS, 1, 1);
  const residual = inputs
    .mmul(Matrix.columnVector(Array.from(theta)))
    .sub(Matrix.columnVector(Array.from(problem.targets)));
  const { main, auxiliary } = quadraticsLosses(problem, theta);
  expect(main).toBeCloseTo(0.5 * residual.pow(2).mean(), 8);
  expect(auxiliary).toBeCloseTo(0.5 * squaredDistance(theta, problem.preferred), 8);
});

test('the exact solution is θ_t + X⁺(y − Xθ_t), by a singular value decomposition', async () => {
  const preferred = Matrix.columnVector(Array.from(problem.preferred));
  const missing = Matrix.columnVector(Array.from(problem.targets)).sub(inputs.mmul(preferred));
  const expected = preferred.add(pseudoInverse(inputs).mmul(missing)).to1DArray();
  const solution = await exactSolution(problem);
  expect(Math.sqrt(squaredDistance(solution, expected))).toBeLessThan(1e-9);
  expect(quadraticsLosses(problem, solution).main).toBeLessThan(1e-18);
});

test('columns grow from deviation 1 to 10, the preferred point has deviation 10, and y is Xθ° with |θ°ⱼ| about 1', () => {
  const deviation = (values: readonly number[]) => Math.sqrt(dot(values, values) / values.length);
  // A deviation of n numbers has a relative standard error of 1/√(2n).
  const relative = (n: number) => 4 / Math.sqrt(2 * n);
  for (const [from, to] of [
    [0, 10],
    [145, 155],
    [290, 300],
  ] as const) {
    const block = inputs.subMatrix(0, EXAMPLES - 1, from, to - 1).to1DArray();
    const expected = 1 + (9 * (from + to - 1)) / 2 / (UNKNOWNS - 1);
    expect(Math.abs(deviation(block) / expected - 1)).toBeLessThan(relative(block.length));
  }
  expect(Math.abs(deviation([...problem.preferred]) / 10 - 1)).toBeLessThan(relative(UNKNOWNS));
  const variance = Array.from({ length: UNKNOWNS }, (_, j) => (1 + (9 * j) / (UNKNOWNS - 1)) ** 2).reduce(
    (a, b) => a + b,
  );
  expect(Math.abs(deviation([...problem.targets]) / Math.sqrt(variance) - 1)).toBeLessThan(
    relative(EXAMPLES),
  );
});

test('gradients over an epoch average to that of the whole, found by differences in float64', () => {
  const task = quadratics({ epochs: 1 }, 4);
  const [theta] = task.variables as [tf.Variable];
  const point = normals(UNKNOWNS, 1, 6);
  const direction = normals(UNKNOWNS, 1, 5);
  tf.tidy(() => theta.assign(tf.tensor2d(point, [UNKNOWNS, 1])));
  const [main, auxiliary] = task.objectives as [(typeof task.objectives)[0], (typeof task.objectives)[0]];
  let slopes = 0;
  for (let step = 0; step < task.stepsPerEpoch; step++) {
    const batch = task.batch(step);
    expect(batch.inputs.shape).toEqual([64, UNKNOWNS]);
    slopes += dot(gradientOf(main, batch, theta), direction) / task.stepsPerEpoch;
    const along = slope((at) => quadraticsLosses(problem, at).auxiliary, point, direction, 1e-3);
    expect(dot(gradientOf(auxiliary, batch, theta), direction) / along).toBeCloseTo(1, 5);
    tf.dispose(batch);
  }
  const along = slope((at) => quadraticsLosses(problem, at).main, point, direction, 1e-3);
  expect(slopes / along).toBeCloseTo(1, 5);
  task.dispose();
});

test('evaluation is in float64, and knows how far the solution is', async () => {
  const task = quadratics({}, 4);
  const [theta] = task.variables as [tf.Variable];
  const start = await task.evaluate();
  expect(start.train).toEqual({ ...quadraticsLosses(problem, new Float32Array(UNKNOWNS)) });
  expect(start.test).toBeUndefined();
  const solution = await exactSolution(problem);
  const exact = quadraticsLosses(problem, solution);
  expect(start.metrics).toEqual({
    distance: Math.sqrt(dot(solution, solution)),
    'exact/main': exact.main,
    'exact/auxiliary': exact.auxiliary,
  });
  tf.tidy(() => theta.assign(tf.tensor2d([...solution], [UNKNOWNS, 1])));
  const end = await task.evaluate();
  // θ is stored in float32: 300 numbers of size 10.
  expect(end.metrics!.distance).toBeLessThan(1e-5);
  expect(end.train.main).toBeLessThan(1e-9);
  expect(end.train.auxiliary! / exact.auxiliary).toBeCloseTo(1, 6);
  task.dispose();
});

test('no point with a smaller auxiliary loss has as small a main loss', async () => {
  const solution = await exactSolution(problem);
  const exact = quadraticsLosses(problem, solution);
  const random = randomFrom(3);
  for (let draw = 0; draw < 20; draw++) {
    // A little towards the preferred point, and a little anywhere.
    const near = Array.from(
      solution,
      (x, j) => x + 1e-3 * (problem.preferred[j]! - x) + 1e-4 * (random() - 0.5),
    );
    const { main, auxiliary } = quadraticsLosses(problem, near);
    expect(auxiliary).toBeLessThan(exact.auxiliary);
    expect(main).toBeGreaterThan(1e-6);
  }
});

test('the rate is that of the optimizer, and the scale multiplies the auxiliary loss in training alone', async () => {
  const step = async (options: object) => {
    const task = quadratics({ epochs: 1, ...options }, 4);
    const [theta] = task.variables as [tf.Variable];
    const [main, auxiliary] = task.objectives as [(typeof task.objectives)[0], (typeof task.objectives)[0]];
    const batch = task.batch(0);
    const gradients = [main, auxiliary].map((objective) => gradientOf(objective, batch, theta));
    const optimizer = task.optimizer();
    optimizer.applyGradients([{ name: theta.name, tensor: tf.onesLike(theta) }]);
    const [moved] = theta.dataSync();
    const { train } = await task.evaluate();
    optimizer.dispose();
    tf.dispose(batch);
    task.dispose();
    return { gradients, moved, train };
  };
  const [plain, other] = [await step({}), await step({ rate: 2e-3, scale: 100 })];
  expect(plain.moved).toBeCloseTo(-1e-3, 9);
  expect(other.moved).toBeCloseTo(-2e-3, 9);
  expect(other.gradients[0]).toEqual(plain.gradients[0]);
  expect(
    dot(other.gradients[1]!, other.gradients[1]!) / dot(plain.gradients[1]!, plain.gradients[1]!),
  ).toBeCloseTo(1e4, 1);
  expect(Math.abs(other.train.auxiliary! / plain.train.auxiliary! - 1)).toBeLessThan(0.01);
});
