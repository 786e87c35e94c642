import {
  checkOptions,
  finiteNumber,
  type PlanePoint,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import { exp, neg, square, sub, sum, tensor1d } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { type AnalyticObjective, analyticTask, valuesAt } from './analytic.ts';
import { curve, distanceToLine } from './pareto.ts';
import { startOf, startsSchema } from './starts.ts';

/*
 *   first 1 − exp(−‖θ − e‖²),   second 1 − exp(−‖θ + e‖²),   e = (1, 1)/√2
 *
 * The Pareto set is the segment from e to −e. Its front is concave: for all weights, the minimum of the
 * weighted sum of the losses is at an end of the segment. Fonseca and Fleming, "Multiobjective genetic
 * algorithms made easy: selection, sharing and mating restriction", 1995, for two parameters. The problem is
 * also known as VLMOP2.
 */

const ID = 'fonseca-fleming';
const END = Math.SQRT1_2;

const objectives = [['first', END] as const, ['second', -END] as const].map(
  ([name, end]): AnalyticObjective => ({
    name,
    loss: (theta) => sub(1, exp(neg(sum(square(sub(theta, tensor1d([end, end]))))))),
    value: (point) => -Math.expm1(-((point[0]! - end) ** 2) - (point[1]! - end) ** 2),
  }),
);

const paretoSet: readonly PlanePoint[] = [
  [END, END],
  [-END, -END],
];

export interface FonsecaFlemingOptions {
  /**
   * The points where runs begin. A run begins at the point number seed modulo the number of points. Default:
   * four points around the Pareto set.
   */
  readonly starts?: readonly PlanePoint[];
  /** Number of steps. Default 200. */
  readonly steps?: number;
  /** Learning rate of plain gradient descent. Default 0.1. */
  readonly rate?: number;
}

const schema = v.strictObject({
  starts: startsSchema([-1, 1.25], [0.25, -1.25], [1.5, 0.5], [-0.25, -1.75]),
  steps: v.optional(wholeNumber(1), 200),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.1),
});

/** The task. Its metric `distance` is the distance to the Pareto set. */
export function fonsecaFleming(options: FonsecaFlemingOptions = {}, seed = 0): Task<number> {
  const { starts, ...course } = checkOptions(ID, schema, options);
  const distance = (point: ArrayLike<number>) => distanceToLine(paretoSet, point);
  return analyticTask({ id: ID, start: startOf(starts, seed), objectives, distance }, course);
}

export const fonsecaFlemingDefinition: TaskDefinition = {
  id: ID,
  title: 'Fonseca–Fleming',
  summary: 'Two bells in the plane with a concave front, of which weighted sums reach only the ends.',
  version: 1,
  objectives: objectives.map(({ name }) => name),
  options: schema,
  create: fonsecaFleming,
  landscape: () => ({
    bounds: [
      [-2, 2],
      [-2, 2],
    ],
    losses: (point) => valuesAt(objectives, point),
    // The points are dense enough for a smooth plot of the front.
    paretoSet: curve((t) => [END * (1 - 2 * t), END * (1 - 2 * t)], 100),
  }),
};
