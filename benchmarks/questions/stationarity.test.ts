import { startWasm } from '@scalpel/backends';
import { normal, randomFrom } from '@scalpel/core';
import { twoDimensional } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import {
  assign,
  dot,
  type Gradient,
  gradientOn,
  hessianProduct,
  norm,
  orthogonal,
  type Parameters,
  parametersOf,
  residuals,
} from './stationarity.ts';

beforeAll(() => startWasm());

const SIZE = 12;
const RANK = 8;

/** ½ θᵀHθ with H = AᵀA of rank 8 in 12 dimensions, for which all answers are known. */
function quadratic(seed: number) {
  const random = randomFrom(seed);
  const draw = () => Float64Array.from({ length: SIZE }, () => normal(random));
  const rows = Array.from({ length: RANK }, draw);
  const times = (v: Parameters): Parameters => {
    const image = new Float64Array(SIZE);
    for (const row of rows) {
      const inner = dot(row, v);
      for (const [index, x] of row.entries()) image[index]! += inner * x;
    }
    return image;
  };
  // The part that no H v reaches is orthogonal to the rows of A. The rows are made orthogonal one after
  // another.
  const outside = (v: Parameters) => {
    const basis: Parameters[] = [];
    for (const row of rows) basis.push(basis.reduce(orthogonal, row));
    return basis.reduce(orthogonal, v);
  };
  return { times, outside, draw };
}

test('a Hessian product by differences is that of the matrix, wherever it is taken', () => {
  const { times, draw } = quadratic(1);
  for (const scale of [0, 1, 1e3]) {
    const at = draw().map((x) => scale * x);
    const v = draw();
    const found = hessianProduct(times, at, v);
    expect(norm(found.map((x, index) => x - times(v)[index]!))).toBeLessThan(1e-9 * norm(found));
  }
  expect(hessianProduct(times, draw(), new Float64Array(SIZE))).toEqual(new Float64Array(SIZE));
});

test('of a loss that is not quadratic, to the square of the step', () => {
  // Σ θ⁴ has the Hessian 12 θ².
  const gradient: Gradient = (at) => at.map((x) => 4 * x ** 3);
  const { draw } = quadratic(2);
  const [at, v] = [draw(), draw()];
  const exact = v.map((x, index) => 12 * at[index]! ** 2 * x);
  const found = hessianProduct(gradient, at, v);
  expect(norm(found.map((x, index) => x - exact[index]!)) / norm(exact)).toBeLessThan(1e-2);
});

test('residuals fall to the part that the matrix does not reach, in as many iterations as its rank', () => {
  for (const seed of [1, 2, 3]) {
    const { times, outside, draw } = quadratic(seed);
    const b = draw();
    const found = residuals(times, b, 2 * RANK);
    expect(found[0]).toBeCloseTo(norm(b), 12);
    for (const [index, x] of found.entries()) {
      if (index > 0) expect(x).toBeLessThanOrEqual(found[index - 1]! * (1 + 1e-9));
    }
    expect(found.at(-1)! / norm(outside(b))).toBeCloseTo(1, 6);
  }
});

test('residuals never rise, whatever the product', () => {
  const { times, draw } = quadratic(5);
  const skewed = (v: Parameters) => times(v).map((x, index) => x + 3 * v[(index + 1) % SIZE]!);
  const found = residuals(skewed, draw(), 20);
  for (const [index, x] of found.entries()) {
    if (index > 0) expect(x).toBeLessThanOrEqual(found[index - 1]! * (1 + 1e-12));
  }
});

test('a quadratic main loss: the residual is at most ‖π(gₐ; g)‖, which its v reaches, so at most ‖d‖ / λ', () => {
  for (const lambda of [0.1, 1, 10]) {
    const { times, draw } = quadratic(4);
    const [at, auxiliary] = [draw(), draw()];
    const main = times(at);
    const projected = orthogonal(auxiliary, main);
    const direction = main.map((x, index) => x + lambda * projected[index]!);
    // The v of proposition 1 of arXiv 2402.02998. The nearest minimum is 0, apart from directions in the null
    // space of H.
    const v = at.map((x) => (dot(auxiliary, main) / dot(main, main)) * x);
    const reached = norm(times(v).map((x, index) => auxiliary[index]! - x));
    expect(reached / norm(projected)).toBeCloseTo(1, 12);
    const least = residuals(times, auxiliary, 2 * RANK).at(-1)!;
    expect(least).toBeLessThan(reached);
    expect(reached).toBeLessThan(norm(direction) / lambda);
  }
});

test('on a task, with float32 gradients: ½ a² and ½ ((a − 1)² + b²) at (1, 1) leave the second number of (0, 1)', () => {
  const task = twoDimensional();
  const [main, auxiliary] = task.objectives.map((objective) => gradientOn(objective, [0], task.variables));
  const before = tf.memory().numTensors;
  const at = parametersOf(task.variables);
  expect([...at]).toEqual([1, 1]);
  expect([...main!(at)]).toEqual([1, 0]);
  const aside = auxiliary!(Float64Array.of(3, 2));
  expect([...aside]).toEqual([2, 2]);
  const product = (v: Parameters) => hessianProduct(main!, at, v);
  const [first, second] = product(Float64Array.of(2, 5));
  expect(first).toBeCloseTo(2, 4);
  expect(second).toBe(0);
  expect(residuals(product, aside, 2).at(-1)).toBeCloseTo(2, 4);
  assign(task.variables, at);
  expect(parametersOf(task.variables)).toEqual(at);
  expect(tf.memory().numTensors).toBe(before);
  task.dispose();
});
