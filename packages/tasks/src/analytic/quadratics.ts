import { checkOptions, finiteNumber, type Task, type TaskDefinition, wholeNumber } from '@scalpel/core';
import {
  keep,
  matMul,
  mean,
  mul,
  type Rank,
  square,
  sub,
  sum,
  type Tensor2D,
  tensor2d,
  train,
} from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { shuffledBatches } from '../batches.ts';
import { bloopPaper } from '../paper.ts';
import { createVariable } from '../variables.ts';
import {
  EXAMPLES,
  exactSolution,
  quadraticsLosses,
  quadraticsProblem,
  squaredDistance,
  UNKNOWNS,
} from './quadratics-problem.ts';

/*
 *   main ½ mean((Xθ − y)²) on batches of 64 of 256 examples,      auxiliary ½ ‖θ − θ_t‖²,      θ of 300 numbers
 *
 * A noisy bilevel problem with a known exact solution: the experiment on quadratics that accompanies arXiv
 * 2402.02998.
 */

const ID = 'quadratics';
const BATCH = 64;

/** Rows of X, [64, 300], and their y, [64, 1]. */
export type QuadraticsBatch = { readonly inputs: Tensor2D; readonly targets: Tensor2D };

export interface QuadraticsOptions {
  /** Passes over the 256 examples, of four steps each. Default 1000. */
  readonly epochs?: number;
  /** Learning rate of plain stochastic gradient descent. Above about 4e-3 it diverges. Default 1e-3. */
  readonly rate?: number;
  /**
   * Factor of the auxiliary loss in training, > 0. It changes only the unit of this objective, and evaluation
   * leaves it out. Default 1.
   */
  readonly scale?: number;
}

const schema = v.strictObject({
  epochs: v.optional(wholeNumber(1), 1000),
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1e-3),
  scale: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1),
});

/**
 * The task. Its losses are evaluated on all examples in float64. Its metrics are `distance`, ‖θ − exact
 * solution‖₂, and the losses `exact/main` and `exact/auxiliary` of the exact solution.
 */
export function quadratics(options: QuadraticsOptions = {}, seed = 0): Task<QuadraticsBatch> {
  const { epochs, rate, scale } = checkOptions(ID, schema, options);
  const problem = quadraticsProblem(seed);
  const batches = shuffledBatches({ examples: EXAMPLES, batch: BATCH, seed });
  const theta = createVariable<Rank.R2>(`${ID}/theta`, new Float32Array(UNKNOWNS), [UNKNOWNS, 1]);
  const preferred = keep(tensor2d(problem.preferred, [UNKNOWNS, 1]));
  return {
    objectives: [
      {
        name: 'main',
        priority: 0,
        loss: ({ inputs, targets }) => mul(0.5, mean(square(sub(matMul(inputs, theta), targets)))),
      },
      {
        name: 'auxiliary',
        priority: 1,
        loss: () => mul(0.5 * scale, sum(square(sub(theta, preferred)))),
      },
    ],
    variables: [theta],
    optimizer: () => train.sgd(rate),
    schedule: () => rate,
    steps: epochs * batches.stepsPerEpoch,
    stepsPerEpoch: batches.stepsPerEpoch,
    batch: (step) => {
      const inputs = new Float32Array(BATCH * UNKNOWNS);
      const targets = new Float32Array(BATCH);
      for (const [row, example] of batches.at(step).entries()) {
        const start = example * UNKNOWNS;
        inputs.set(problem.inputs.subarray(start, start + UNKNOWNS), row * UNKNOWNS);
        targets[row] = problem.targets[example]!;
      }
      return { inputs: tensor2d(inputs, [BATCH, UNKNOWNS]), targets: tensor2d(targets, [BATCH, 1]) };
    },
    evaluate: async () => {
      const point = await theta.data();
      const solution = await exactSolution(problem);
      const exact = quadraticsLosses(problem, solution);
      return {
        train: { ...quadraticsLosses(problem, point) },
        metrics: {
          distance: Math.sqrt(squaredDistance(point, solution)),
          'exact/main': exact.main,
          'exact/auxiliary': exact.auxiliary,
        },
      };
    },
    dispose: () => {
      theta.dispose();
      preferred.dispose();
    },
  };
}

export const quadraticsDefinition: TaskDefinition = {
  id: ID,
  title: 'Stochastic quadratics',
  summary:
    'Least squares with more unknowns than examples, and the wish to stay near a point; the answer is known.',
  paper: bloopPaper,
  version: 1,
  objectives: ['main', 'auxiliary'],
  options: schema,
  create: quadratics,
};
