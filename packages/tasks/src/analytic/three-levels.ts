import { checkOptions, finiteNumber, type Task, type TaskDefinition, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import { analyticTask } from './analytic.ts';
import { separable } from './separable.ts';

/*
 * θ = (a, b, c):   first ½ a²,   second ½ ((a − 1)² + b²),   third ½ ((a − 1)² + (b − 1)² + (c − 2)²)
 *
 * The first loss fixes a = 0. Among these points the second fixes b = 0, and then the third fixes c = 2. Each
 * lower loss alone would move the numbers that are fixed above it.
 */
const problem = separable({
  id: 'three-levels',
  start: [1, 1, 1],
  solution: [0, 0, 2],
  losses: [
    { name: 'first', weights: [1, 0, 0], centre: [0, 0, 0] },
    { name: 'second', weights: [1, 1, 0], centre: [1, 0, 0] },
    { name: 'third', weights: [1, 1, 1], centre: [1, 1, 2] },
  ],
});

export interface ThreeLevelsOptions {
  /** Number of steps. Default 600. */
  readonly steps?: number;
  /** Learning rate of plain gradient descent. Default 0.2. */
  readonly rate?: number;
}

const schema = v.strictObject({
  steps: v.optional(wholeNumber(1), 600),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.2),
});

/** Three quadratics on three levels of priority, with the answer (0, 0, 2). The seed has no effect. */
export function threeLevels(options: ThreeLevelsOptions = {}): Task<number> {
  return analyticTask(problem, checkOptions(problem.id, schema, options));
}

export const threeLevelsDefinition: TaskDefinition = {
  id: problem.id,
  title: 'Three levels',
  summary: 'Three quadratics on three levels of priority whose solution is (0, 0, 2).',
  version: 1,
  objectives: problem.objectives.map(({ name }) => name),
  options: schema,
  create: threeLevels,
};
