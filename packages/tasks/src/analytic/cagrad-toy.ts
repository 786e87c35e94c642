import {
  checkOptions,
  finiteNumber,
  type PlanePoint,
  type Task,
  type TaskDefinition,
  wholeNumber,
} from '@scalpel/core';
import {
  abs,
  add,
  log,
  maximum,
  mul,
  neg,
  relu,
  type Scalar,
  square,
  sub,
  sum,
  tanh,
  tensor1d,
  train,
  unstack,
} from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { cagradPaper } from '../paper.ts';
import { type AnalyticObjective, analyticTask, valuesAt } from './analytic.ts';
import { curve, distanceToLine } from './pareto.ts';
import { startOf, startsSchema } from './starts.ts';

/*
 * Two losses of θ = (x, y), with c = tanh(y/2):
 *
 *   first    max(c, 0) · a₁ + max(−c, 0) · b₁      a₁ = 6 + log max(|½(−x − 7) + tanh y|, 5e-6)      b₁ = ((7 − x)² + ⅒(y + 8)²)/10 − 20
 *   second   max(c, 0) · a₂ + max(−c, 0) · b₂      a₂ = 6 + log max(|½(7 − x) − tanh y|, 5e-6)       b₂ = ((7 + x)² + ⅒(y + 8)²)/10 − 20
 *
 * Above y = 0 each loss has a steep and narrow valley. Descent crosses these valleys, and descent on the mean
 * of the losses gets stuck there. Below are two bowls. Liu et al., arXiv 2110.14048, figure 3. With `scale`
 * the first loss counts less, as in arXiv 2202.01017.
 *
 * For y < 0, w · first + (1 − w) · second is stationary in x at x = 14w − 7. There it is −c · ((49 − x² + ⅒(y
 * + 8)²)/10 − 20). The roots of its derivative by y give the Pareto set: a curve from (7, −8.434) by (0,
 * −8.355) to (−7, −8.434).
 */

const ID = 'cagrad-toy';
const FLOOR = 5e-6;

/** One objective. The centre of its bowl is near (side · 7, −8). */
function objective(name: string, side: 1 | -1, scale: number): AnalyticObjective {
  return {
    name,
    loss: (theta) => {
      const [x, y] = unstack(theta) as [Scalar, Scalar];
      const gate = tanh(mul(0.5, y));
      const distance = side === 1 ? sub(tanh(y), mul(0.5, add(x, 7))) : sub(mul(0.5, sub(7, x)), tanh(y));
      const valley = add(log(maximum(abs(distance), FLOOR)), 6);
      const offset = mul(sub(theta, tensor1d([7 * side, -8])), tensor1d([Math.sqrt(0.1), 0.1]));
      const bowl = sub(sum(square(offset)), 20);
      return mul(scale, add(mul(relu(gate), valley), mul(relu(neg(gate)), bowl)));
    },
    value: (point) => {
      const [x, y] = [point[0]!, point[1]!];
      const gate = Math.tanh(y / 2);
      const distance = side === 1 ? Math.tanh(y) - (x + 7) / 2 : (7 - x) / 2 - Math.tanh(y);
      const valley = Math.log(Math.max(Math.abs(distance), FLOOR)) + 6;
      const bowl = ((x - 7 * side) ** 2 + 0.1 * (y + 8) ** 2) / 10 - 20;
      return scale * (Math.max(gate, 0) * valley + Math.max(-gate, 0) * bowl);
    },
  };
}

/**
 * A point of the Pareto set for t from 0 to 1, from the minimum of the first loss to that of the second.
 * Bisection finds the root to the last bit.
 */
function paretoPoint(t: number): PlanePoint {
  const x = 7 - 14 * t;
  const slope = (y: number) => {
    const gate = Math.tanh(-y / 2);
    const bowl = (49 - x * x + 0.1 * (y + 8) ** 2) / 10 - 20;
    return 0.02 * gate * (y + 8) - 0.5 * (1 - gate * gate) * bowl;
  };
  let [low, high] = [-9, -8];
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return [x, low];
}

const paretoSet = curve(paretoPoint, 200);

export interface CagradToyOptions {
  /**
   * The points where runs begin. A run begins at the point number seed modulo the number of points. Default:
   * the three published points.
   */
  readonly starts?: readonly PlanePoint[];
  /** Number of steps. Default 100,000, as published. */
  readonly steps?: number;
  /** Learning rate of Adam. Default 1e-3, as published. */
  readonly rate?: number;
  /** Factor of the first loss. The Pareto set does not depend on it. Default 1. */
  readonly scale?: number;
}

const schema = v.strictObject({
  starts: startsSchema([-8.5, 7.5], [-8.5, -5], [9, 9]),
  steps: v.optional(wholeNumber(1), 100_000),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1e-3),
  scale: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1),
});

function objectivesAt(scale: number): readonly AnalyticObjective[] {
  return [objective('first', 1, scale), objective('second', -1, 1)];
}

/** The task. Its metric `distance` is the distance to the Pareto set. */
export function cagradToy(options: CagradToyOptions = {}, seed = 0): Task<number> {
  const { starts, scale, ...course } = checkOptions(ID, schema, options);
  return analyticTask(
    {
      id: ID,
      start: startOf(starts, seed),
      objectives: objectivesAt(scale),
      optimizer: train.adam,
      distance: (point) => distanceToLine(paretoSet, point),
    },
    course,
  );
}

export const cagradToyDefinition: TaskDefinition = {
  id: ID,
  title: 'CAGrad toy',
  summary: 'Two losses with steep valleys in which plain averaging gets stuck, above a known Pareto set.',
  paper: cagradPaper,
  version: 1,
  objectives: ['first', 'second'],
  options: schema,
  create: cagradToy,
  landscape: ({ scale }: { readonly scale: number }) => {
    const objectives = objectivesAt(scale);
    return {
      bounds: [
        [-10, 10],
        [-10, 10],
      ],
      losses: (point) => valuesAt(objectives, point),
      paretoSet,
    };
  },
};
