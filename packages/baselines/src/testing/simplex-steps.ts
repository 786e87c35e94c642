import { projectOnSimplex } from '../solvers/simplex-projection.ts';

/** Explicit weights, one per objective and 1/K at first: the oracle for weights in the memory of a method. */
export class ExplicitWeights {
  readonly #weights: number[];

  constructor(count: number) {
    this.#weights = new Array<number>(count).fill(1 / count);
  }

  /** The weights of some objectives, which are given by position. */
  of(objectives: readonly number[]): number[] {
    return objectives.map((objective) => this.#weights[objective]!);
  }

  /** Sets the weights of some objectives to the projection of `to` on the simplex. Returns them. */
  project(objectives: readonly number[], to: readonly number[]): number[] {
    const projected = projectOnSimplex(to);
    for (const [i, objective] of objectives.entries()) this.#weights[objective] = projected[i]!;
    return projected;
  }
}
