import type { Setup } from '@scalpel/core';
import { type ByObjective, ofEach, remembering } from './by-objective.ts';

/*
 * Numbers that a method learns along with the model, one per objective. They are learned with Adam: Kingma
 * and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv 1412.6980, algorithm 1, with its
 * values β₁ = 0.9, β₂ = 0.999, ε = 1e-8. The numbers are logarithms. Their gradients have no unit, so ε does
 * not depend on the scale of the losses.
 */

interface Learned {
  readonly value: number;
  /** Moving averages of the gradient and of its square. */
  readonly mean: number;
  readonly square: number;
  /** Number of steps so far. */
  readonly steps: number;
}

export type LearnedByObjective = ByObjective<Learned>;

/** The start: zero for every objective. */
export function unlearned(setup: Setup): LearnedByObjective {
  return ofEach(setup, { value: 0, mean: 0, square: 0, steps: 0 });
}

/** One step of Adam for the objectives present. The numbers of the others stay. */
export function learn(
  learned: LearnedByObjective,
  rows: Setup['rows'],
  gradients: readonly number[],
  rate: number,
): LearnedByObjective {
  const next = rows.map(({ objective }, row) => adam(learned[objective]!, gradients[row]!, rate));
  return remembering(learned, rows, next);
}

/**
 * Limits the numbers to ±104. The logarithm of a positive float32 loss is within these limits, so only losses
 * that are not positive reach them.
 */
export function bounded(learned: LearnedByObjective): LearnedByObjective {
  const within = (value: number) => Math.max(-104, Math.min(104, value));
  const entries = Object.entries(learned).map(([objective, own]) => [
    objective,
    { ...own, value: within(own.value) },
  ]);
  return Object.fromEntries(entries);
}

/**
 * An upper limit for a gradient, so that its square is finite. A step of Adam hardly depends on the length of
 * the gradient.
 */
const LONGEST = 2 ** 500;

function adam(learned: Learned, slope: number, rate: number): Learned {
  const gradient = Math.max(-LONGEST, Math.min(LONGEST, slope));
  const steps = learned.steps + 1;
  const mean = 0.9 * learned.mean + 0.1 * gradient;
  const square = 0.999 * learned.square + 0.001 * gradient ** 2;
  const step = mean / (1 - 0.9 ** steps) / (Math.sqrt(square / (1 - 0.999 ** steps)) + 1e-8);
  return { value: learned.value - rate * step, mean, square, steps };
}
