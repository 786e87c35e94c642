import { projectOnSimplex } from '../solvers/simplex-projection.ts';

/** Weights kept by hand, one per objective and 1/K at first: the oracle for those kept in memory. */
export class ExplicitWeights {
  readonly #weights: number[];

  constructor(count: number) {
    this.#weights = new Array<number>(count).fill(1 / count);
  }

  /** Of some objectives, by position. */
  of(objectives: readonly number[]): number[] {
    return objectives.map((objective) => this.#weights[objective]!);
  }

  /** Takes those of some objectives to the simplex. Returns them. */
  project(objectives: readonly number[], to: readonly number[]): number[] {
    const projected = projectOnSimplex(to);
    for (const [i, objective] of objectives.entries()) this.#weights[objective] = projected[i]!;
    return projected;
  }
}
