import type { Landscape, Task } from '@scalpel/core';
import { type Optimizer, type Rank, type Tensor, type Tensor1D, train } from '@tensorflow/tfjs-core';
import { createVariable } from '../variables.ts';

/** An objective in closed form, in two versions: one that training differentiates, and one in float64. */
export interface AnalyticObjective {
  readonly name: string;
  readonly loss: (theta: Tensor1D) => Tensor;
  readonly value: (theta: ArrayLike<number>) => number;
}

/** A deterministic problem of a few parameters, the most important objective first. */
export interface AnalyticProblem {
  readonly id: string;
  readonly start: readonly number[];
  readonly objectives: readonly AnalyticObjective[];
  /** The optimizer for a learning rate. Default: plain gradient descent. */
  readonly optimizer?: (rate: number) => Optimizer;
  /** The distance from a point to the known answer or set of answers. */
  readonly distance: (theta: ArrayLike<number>) => number;
}

/** The task of an analytic problem. It has no data: a batch is the number of its step. */
export function analyticTask(
  { id, start, objectives, optimizer = train.sgd, distance }: AnalyticProblem,
  { steps, rate }: { readonly steps: number; readonly rate: number },
): Task<number> {
  const theta = createVariable<Rank.R1>(`${id}/theta`, Float32Array.from(start), [start.length]);
  return {
    objectives: objectives.map(({ name, loss }, priority) => ({ name, priority, loss: () => loss(theta) })),
    variables: [theta],
    optimizer: () => optimizer(rate),
    steps,
    stepsPerEpoch: steps,
    batch: (step) => step,
    evaluate: async () => {
      const point = await theta.data();
      return { train: { ...valuesAt(objectives, point) }, metrics: { distance: distance(point) } };
    },
    position: async () => [...(await theta.data())],
    dispose: () => theta.dispose(),
  };
}

/** The value of every objective, by name. */
export function valuesAt(
  objectives: readonly AnalyticObjective[],
  point: ArrayLike<number>,
): ReturnType<Landscape['losses']> {
  return Object.fromEntries(objectives.map(({ name, value }) => [name, value(point)]));
}
