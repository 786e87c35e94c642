import * as tf from '@tensorflow/tfjs';
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { afterEach, expect, test } from 'vitest';
import { normals } from '../random.ts';
import { largestSingularValue } from './exact-norm.ts';
import { logSpectralNorm } from './spectral-norm.ts';

afterEach(() => tf.disposeVariables());

const SHAPES = [
  [7, 5],
  [5, 7],
  [20, 1],
  [1, 6],
  [40, 30],
] as const;

function setup(rows: number, columns: number, scale = 1) {
  const values = normals(rows * columns, scale, rows, columns);
  const matrix = tf.variable(tf.tensor2d(values, [rows, columns]));
  const vector = tf.variable(tf.tensor2d(normals(columns, 1, 9), [columns, 1]), false);
  const svd = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, Array.from(values)), {
    autoTranspose: true,
  });
  return { matrix, vector, svd };
}

const valueAndGradient = (
  matrix: tf.Variable<tf.Rank.R2>,
  vector: tf.Variable<tf.Rank.R2>,
  iterations: number,
) => {
  const { value, grads } = tf.variableGrads(() => logSpectralNorm(matrix, vector, iterations), [matrix]);
  return { value: value.dataSync()[0]!, gradient: grads[matrix.name]!.dataSync<'float32'>() };
};

test.each(SHAPES.flatMap((shape) => [1e-8, 1, 1e8].map((scale) => [...shape, scale] as const)))(
  'a matrix of %i × %i and scale %d: after many calls, value and gradient are those of the decomposition',
  (rows, columns, scale) => {
    const { matrix, vector, svd } = setup(rows, columns, scale);
    tf.tidy(() => {
      for (let call = 0; call < 200; call++) logSpectralNorm(matrix, vector, 2);
      const { value, gradient } = valueAndGradient(matrix, vector, 2);
      const sigma = svd.diagonal[0]!;
      expect(value).toBeCloseTo(Math.log(sigma), 5);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const exact = svd.leftSingularVectors.get(i, 0) * svd.rightSingularVectors.get(j, 0);
          expect(gradient[i * columns + j]! * sigma).toBeCloseTo(exact, 5);
        }
      }
    });
  },
);

test('the vector stays warm: three calls of one iteration are one call of three', () => {
  const { matrix, vector, svd } = setup(12, 9);
  const start = vector.dataSync().slice();
  const values = tf.tidy(() => {
    const single = [1, 1, 1].map((iterations) => logSpectralNorm(matrix, vector, iterations).dataSync()[0]!);
    vector.assign(tf.tensor2d(start, [9, 1]));
    expect(logSpectralNorm(matrix, vector, 3).dataSync()[0]).toBeCloseTo(single[2]!, 6);
    return single;
  });
  // Each iteration comes nearer, from below.
  expect(values[0]).toBeLessThan(values[1]!);
  expect(values[1]).toBeLessThan(values[2]!);
  expect(values[2]).toBeLessThan(Math.log(svd.diagonal[0]!));
});

test('the iteration is not differentiated: far from convergence, too, the gradient is u vᵀ / σ of unit vectors', () => {
  const { matrix, vector } = setup(12, 9);
  tf.tidy(() => {
    const { value, gradient } = valueAndGradient(matrix, vector, 1);
    const v = vector.dataSync();
    const length = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0));
    expect(length * Math.exp(value)).toBeCloseTo(1, 5);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 9; j++)
        expect(gradient[i * 9 + j]! * v[0]!).toBeCloseTo(gradient[i * 9]! * v[j]!, 6);
    }
  });
});

test('the gradient takes the factor from above', () => {
  const { matrix, vector } = setup(6, 4);
  tf.tidy(() => {
    for (let call = 0; call < 50; call++) logSpectralNorm(matrix, vector, 2);
    const { gradient } = valueAndGradient(matrix, vector, 1);
    const { grads } = tf.variableGrads(() => tf.mul(-3, logSpectralNorm(matrix, vector, 1)), [matrix]);
    for (const [index, x] of grads[matrix.name]!.dataSync().entries())
      expect(x).toBeCloseTo(-3 * gradient[index]!, 5);
  });
});

test('nothing leaks', () => {
  const { matrix, vector } = setup(6, 4);
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    valueAndGradient(matrix, vector, 2);
  });
  expect(tf.memory().numTensors).toBe(before);
});

test.each(SHAPES)('the norm for evaluation, %i × %i, is that of the decomposition', async (rows, columns) => {
  const { matrix, svd } = setup(rows, columns);
  expect(await largestSingularValue(matrix)).toBeCloseTo(svd.diagonal[0]!, 10);
});
