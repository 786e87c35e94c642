import type { Task } from '@scalpel/core';
import { keep, mul, type Rank, type Scalar, square, sub, sum, tensor1d, train } from '@tensorflow/tfjs-core';
import { createVariable } from '../variables.ts';

/** A deterministic problem whose losses are ½ Σⱼ weightsⱼ (θⱼ − centreⱼ)², most important first. */
export interface SeparableProblem {
  readonly id: string;
  readonly start: readonly number[];
  /** Where the least important loss is least, among the points where those above it are. */
  readonly solution: readonly number[];
  readonly losses: readonly {
    readonly name: string;
    readonly weights: readonly number[];
    readonly centre: readonly number[];
  }[];
}

/** There is no data: a batch is the number of its step. The metric `distance` is max |θ − solution|. */
export function separable(
  problem: SeparableProblem,
  { steps, rate }: { steps: number; rate: number },
): Task<number> {
  const { id, start, solution, losses } = problem;
  const theta = createVariable<Rank.R1>(`${id}/theta`, Float32Array.from(start), [start.length]);
  const constants = losses.map(({ weights, centre }) => ({
    weights: keep(tensor1d([...weights])),
    centre: keep(tensor1d([...centre])),
  }));
  return {
    objectives: losses.map(({ name }, priority) => ({
      name,
      priority,
      loss: () => {
        const { weights, centre } = constants[priority]!;
        return mul(0.5, sum(mul(weights, square(sub(theta, centre))))) as Scalar;
      },
    })),
    variables: [theta],
    optimizer: () => train.sgd(rate),
    steps,
    stepsPerEpoch: steps,
    batch: (step) => step,
    evaluate: async () => {
      const point = await theta.data();
      const value = ({ weights, centre }: SeparableProblem['losses'][number]) =>
        weights.reduce((total, weight, j) => total + (weight * (point[j]! - centre[j]!) ** 2) / 2, 0);
      return {
        train: Object.fromEntries(losses.map((loss) => [loss.name, value(loss)])),
        metrics: { distance: Math.max(...solution.map((x, j) => Math.abs(point[j]! - x))) },
      };
    },
    dispose: () => {
      theta.dispose();
      for (const { weights, centre } of constants) {
        weights.dispose();
        centre.dispose();
      }
    },
  };
}
