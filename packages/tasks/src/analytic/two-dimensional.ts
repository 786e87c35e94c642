import { checkOptions, finiteNumber, type Task, type TaskDefinition, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import { bloopPaper } from '../paper.ts';
import { analyticTask, valuesAt } from './analytic.ts';
import { curve } from './pareto.ts';
import { separable } from './separable.ts';

/*
 * θ = (a, b):   main ½ a²,   auxiliary ½ ((a − 1)² + b²)
 *
 * Among the minima of the main loss, the auxiliary loss is least at (0, 0). The sum main + λ · auxiliary
 * leads to (λ/(1+λ), 0) instead, with condition number 1 + 1/λ. Bloop reaches (0, 0) for every λ > 0. arXiv
 * 2402.02998, section 3.3.
 */
const problem = separable({
  id: 'two-dimensional',
  start: [1, 1],
  solution: [0, 0],
  losses: [
    { name: 'main', weights: [1, 0], centre: [0, 0] },
    { name: 'auxiliary', weights: [1, 1], centre: [1, 0] },
  ],
});

export interface TwoDimensionalOptions {
  /** Number of steps. Default 2000, which is enough for Bloop with λ from 0.01 to 10. */
  readonly steps?: number;
  /**
   * Learning rate of plain gradient descent. A method that scales the auxiliary gradient by λ > 1 needs ½/λ.
   * Default ½.
   */
  readonly rate?: number;
}

const schema = v.strictObject({
  steps: v.optional(wholeNumber(1), 2000),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.5),
});

/** Two quadratics in the plane, with the answer (0, 0). The seed has no effect. */
export function twoDimensional(options: TwoDimensionalOptions = {}): Task<number> {
  return analyticTask(problem, checkOptions(problem.id, schema, options));
}

export const twoDimensionalDefinition: TaskDefinition = {
  id: problem.id,
  title: 'Two dimensions',
  summary: 'Two quadratics in the plane whose bilevel solution is (0, 0); mixing them is ill-conditioned.',
  paper: bloopPaper,
  version: 1,
  objectives: problem.objectives.map(({ name }) => name),
  options: schema,
  create: twoDimensional,
  landscape: () => ({
    bounds: [
      [-0.25, 1.25],
      [-0.25, 1.25],
    ],
    losses: (point) => valuesAt(problem.objectives, point),
    paretoSet: curve((t) => [t, 0], 100),
  }),
};
