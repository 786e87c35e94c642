import { mul, square, sub, sum, tensor1d } from '@tensorflow/tfjs-core';
import type { AnalyticObjective, AnalyticProblem } from './analytic.ts';

/** The loss ½ Σⱼ weightsⱼ (θⱼ − centreⱼ)². */
export interface SeparableLoss {
  readonly name: string;
  readonly weights: readonly number[];
  readonly centre: readonly number[];
}

/** A problem of separable losses, the most important first. The metric `distance` is max |θ − solution|. */
export function separable(problem: {
  readonly id: string;
  readonly start: readonly number[];
  /** The minimum of the least important loss among the minima of the more important ones. */
  readonly solution: readonly number[];
  readonly losses: readonly SeparableLoss[];
}): AnalyticProblem {
  const { id, start, solution, losses } = problem;
  return {
    id,
    start,
    objectives: losses.map(objective),
    distance: (point) => Math.max(...solution.map((x, j) => Math.abs(point[j]! - x))),
  };
}

function objective({ name, weights, centre }: SeparableLoss): AnalyticObjective {
  return {
    name,
    loss: (theta) => mul(0.5, sum(mul(tensor1d([...weights]), square(sub(theta, tensor1d([...centre])))))),
    value: (point) =>
      weights.reduce((total, weight, j) => total + (weight * (point[j]! - centre[j]!) ** 2) / 2, 0),
  };
}
