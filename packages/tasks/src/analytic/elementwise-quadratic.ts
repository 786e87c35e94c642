import {
  checkOptions,
  finiteNumber,
  type PlanePoint,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import { mul, square, sum, tensor1d } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { jacobianDescentPaper } from '../paper.ts';
import { type AnalyticObjective, analyticTask, valuesAt } from './analytic.ts';
import { startOf, startsSchema } from './starts.ts';

/*
 * θ = (x₁, x₂):   first x₁²,   second x₂²
 *
 * The point (0, 0) is best for both losses. On the axes one gradient is zero, so all their points are weakly
 * Pareto-stationary. Methods that stop at such points (MGDA) do not reach (0, 0) from there. Methods that
 * divide by the norms of the gradients have no answer there. This is "Element-wise quadratic" of arXiv
 * 2406.16232, with the starts, the rate and the steps of the trajectories in its code.
 */

const ID = 'elementwise-quadratic';

const objectives: readonly AnalyticObjective[] = ['first', 'second'].map((name, axis) => ({
  name,
  loss: (theta) => sum(mul(tensor1d([1 - axis, axis]), square(theta))),
  value: (point) => point[axis]! ** 2,
}));

export interface ElementwiseQuadraticOptions {
  /**
   * The points where runs begin. A run begins at the point number seed modulo the number of points. Default:
   * the five published points.
   */
  readonly starts?: readonly PlanePoint[];
  /** Number of steps. Default 50. */
  readonly steps?: number;
  /** Learning rate of plain gradient descent. Default 0.075. */
  readonly rate?: number;
}

const schema = v.strictObject({
  starts: startsSchema([3, -2], [0, -3], [-4, 4], [-3, 4], [-3.5, -0.75]),
  steps: v.optional(wholeNumber(1), 50),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.075),
});

/** The task. Its metric `distance` is the distance to (0, 0). */
export function elementwiseQuadratic(options: ElementwiseQuadraticOptions = {}, seed = 0): Task<number> {
  const { starts, ...course } = checkOptions(ID, schema, options);
  const distance = (point: ArrayLike<number>) => Math.hypot(point[0]!, point[1]!);
  return analyticTask({ id: ID, start: startOf(starts, seed), objectives, distance }, course);
}

export const elementwiseQuadraticDefinition: TaskDefinition = {
  id: ID,
  title: 'Element-wise quadratic',
  summary: 'Two quadratics of one parameter each, which share their minimum and are stationary on the axes.',
  paper: jacobianDescentPaper,
  version: 1,
  objectives: objectives.map(({ name }) => name),
  options: schema,
  create: elementwiseQuadratic,
  landscape: () => ({
    bounds: [
      [-5, 5],
      [-5, 5],
    ],
    losses: (point) => valuesAt(objectives, point),
    paretoSet: [[0, 0]],
  }),
};
