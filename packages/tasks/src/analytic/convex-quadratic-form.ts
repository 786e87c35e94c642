import {
  checkOptions,
  finiteNumber,
  type PlanePoint,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import { matMul, reshape, square, sub, sum, tensor2d } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { jacobianDescentPaper } from '../paper.ts';
import { type AnalyticObjective, analyticTask, valuesAt } from './analytic.ts';
import { curve, distanceToLine } from './pareto.ts';
import { startOf, startsSchema } from './starts.ts';

/*
 *   fᵢ = (θ − uᵢ)ᵀ Aᵢ (θ − uᵢ),   Aᵢ = Bᵢ Bᵢᵀ,   u₁ = (1, 0), u₂ = (−1, 0)
 *   B₁ = R(π/16) diag(1, 0.1),   B₂ = R(−π/16) diag(√3, 0.1),   R(t) a rotation by t
 *
 * The losses are two narrow valleys that cross far from both minima. The Pareto set consists of the points
 * θ(w) = (w A₁ + (1 − w) A₂)⁻¹ (w A₁u₁ + (1 − w) A₂u₂), with w from 1 to 0. This is "Convex quadratic form"
 * of arXiv 2406.16232, with the starts, the rate and the steps of the trajectories in its code.
 */

const ID = 'convex-quadratic-form';

interface Valley {
  readonly centre: PlanePoint;
  /** B, row by row. */
  readonly root: readonly [PlanePoint, PlanePoint];
}

const valleys = {
  first: valley([1, 0], Math.PI / 16, 1, 0.1),
  second: valley([-1, 0], -Math.PI / 16, Math.sqrt(3), 0.1),
};

function valley(centre: PlanePoint, angle: number, across: number, along: number): Valley {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    centre,
    root: [
      [cos * across, -sin * along],
      [sin * across, cos * along],
    ],
  };
}

const objectives = Object.entries(valleys).map(
  ([name, { centre, root }]): AnalyticObjective => ({
    name,
    loss: (theta) => {
      const offset = reshape(sub(theta, tensor2d([[...centre]])), [1, 2]);
      return sum(square(matMul(offset, tensor2d(root.map((row) => [...row])))));
    },
    value: (point) => {
      const [x, y] = [point[0]! - centre[0], point[1]! - centre[1]];
      return (x * root[0][0] + y * root[1][0]) ** 2 + (x * root[0][1] + y * root[1][1]) ** 2;
    },
  }),
);

/**
 * A point of the Pareto set for t from 0 to 1, with w = (1 − t)³ / (t³ + (1 − t)³). Near the ends, a small
 * change of w moves the point far.
 */
function paretoPoint(t: number): PlanePoint {
  const weights = [(1 - t) ** 3, t ** 3] as const;
  let [xx, xy, yy, x, y] = [0, 0, 0, 0, 0];
  for (const [index, { centre, root }] of [valleys.first, valleys.second].entries()) {
    const [[a, b], [c, d]] = root;
    const weight = weights[index]!;
    const [ownXX, ownXY, ownYY] = [
      weight * (a * a + b * b),
      weight * (a * c + b * d),
      weight * (c * c + d * d),
    ];
    xx += ownXX;
    xy += ownXY;
    yy += ownYY;
    x += ownXX * centre[0] + ownXY * centre[1];
    y += ownXY * centre[0] + ownYY * centre[1];
  }
  const determinant = xx * yy - xy * xy;
  return [(yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant];
}

const paretoSet = curve(paretoPoint, 400);

export interface ConvexQuadraticFormOptions {
  /**
   * The points where runs begin. A run begins at the point number seed modulo the number of points. Default:
   * the four published points.
   */
  readonly starts?: readonly PlanePoint[];
  /** Number of steps. Default 500. */
  readonly steps?: number;
  /** Learning rate of plain gradient descent. Default 0.05. */
  readonly rate?: number;
}

const schema = v.strictObject({
  starts: startsSchema([0.5, 0.5], [-1, 7], [0, 0], [1, 6]),
  steps: v.optional(wholeNumber(1), 500),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.05),
});

/** The task. Its metric `distance` is the distance to the Pareto set. */
export function convexQuadraticForm(options: ConvexQuadraticFormOptions = {}, seed = 0): Task<number> {
  const { starts, ...course } = checkOptions(ID, schema, options);
  const distance = (point: ArrayLike<number>) => distanceToLine(paretoSet, point);
  return analyticTask({ id: ID, start: startOf(starts, seed), objectives, distance }, course);
}

export const convexQuadraticFormDefinition: TaskDefinition = {
  id: ID,
  title: 'Convex quadratic form',
  summary: 'Two narrow valleys in the plane, whose Pareto set is a long bent curve.',
  paper: jacobianDescentPaper,
  version: 1,
  objectives: objectives.map(({ name }) => name),
  options: schema,
  create: convexQuadraticForm,
  landscape: () => ({
    bounds: [
      [-4.5, 4.5],
      [-1, 8],
    ],
    losses: (point) => valuesAt(objectives, point),
    paretoSet,
  }),
};
