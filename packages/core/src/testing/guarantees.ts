import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Guarantee } from '../plugin.ts';
import { randomFrom } from '../random.ts';
import { unitRows } from '../solvers/unit-rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { VectorCombination } from '../vector-engine/combine.ts';
import type { Subject } from './layouts.ts';
import type { BankMatrix } from './matrices.ts';
import { ascending, permuted, rotated, scaled } from './problem-variants.ts';
import { answers, type Problem, problems } from './problems.ts';
import { dot, sum, type Vector } from './vectors.ts';

/** The guarantees that a method may claim. Each is a check that throws if the guarantee does not hold. */
export const guarantees: Readonly<Record<Guarantee, (subject: Subject) => void>> = {
  'non-conflicting': (subject) => {
    for (const problem of problems(subject)) {
      const { rows, last, size, tolerance } = solved(subject, problem);
      for (const [index, row] of rows.entries()) {
        const change = along(row, last.direction, size);
        if (change < -tolerance) {
          throw new Error(
            `${problem.name}: the direction conflicts with row ${index}: ⟨g, d⟩ is ${change} of ‖g‖ and the terms of d, for ‖g‖ ${length(row)} and ‖d‖ ${length(last.direction)}.`,
          );
        }
      }
    }
  },

  'linear-under-scaling': (subject) => {
    for (const problem of problems(subject)) {
      const random = randomFrom(problem.objectives.length);
      const [first, second] = [0, 1].map(() => problem.objectives.map(() => 10 ** (4 * random() - 2))) as [
        number[],
        number[],
      ];
      const both = first.map((c, objective) => 2 * c + 3 * second[objective]!);
      const [a, b, c] = [first, second, both].map((factors) => solved(subject, scaled(problem, factors)));
      const expected = sum([2, a!.last.direction], [3, b!.last.direction]);
      const bound = c!.tolerance * (2 * a!.size + 3 * b!.size + c!.size);
      checkClose(
        c!.last.direction,
        expected,
        bound,
        `${problem.name}, rows scaled: not linear in the scales`,
      );
    }
  },

  'permutation-equivariant': (subject) => {
    for (const problem of problems(subject)) {
      const { last, size, tolerance } = solved(subject, problem);
      for (const order of [ascending(problem).reverse(), rotated(ascending(problem))]) {
        const other = solved(subject, permuted(problem, order));
        const what = `${problem.name}: another direction for the order ${order}`;
        checkClose(other.last.direction, last.direction, tolerance * (size + other.size), what);
      }
    }
  },

  weighted: (subject) => {
    for (const problem of problems(subject)) {
      const { rows, last } = solved(subject, problem);
      if (last.coefficients.length === 0) {
        throw new Error(`${problem.name}: there are no coefficients over the gradients.`);
      }
      const remembered = last.coefficients.slice(rows.length).findIndex((c) => c !== 0);
      if (remembered >= 0) {
        throw new Error(`${problem.name}: the coefficient of remembered row ${remembered} is not zero.`);
      }
    }
  },

  'respects-priority': (subject) => {
    for (const problem of problems(subject)) {
      const { rows, last, size, tolerance } = solved(subject, problem);
      const main = rows.filter(
        (_, row) => problem.objectives[row % problem.objectives.length]!.priority === 0,
      );
      const gradient = sum(...main.map((row) => [1, row] as const));
      const scale = main.reduce((total, row) => total + length(row), 0);
      const change = along(gradient, last.direction, size) * (length(gradient) / scale || 0);
      if (change < -tolerance) {
        throw new Error(
          `${problem.name}: the direction conflicts with the first level: ⟨g₀, d⟩ is ${change} of the terms of both, for ‖g₀‖ ${length(gradient)} and ‖d‖ ${length(last.direction)}.`,
        );
      }
    }
  },

  'stationary-at-pareto-points': (subject) => {
    for (const problem of problems(subject)) {
      const { stationary } = problem.matrix;
      if (stationary === null) continue;
      const { last, size } = solved(subject, problem);
      // Half of the digits are lost, because only squares show if 0 is in the hull.
      const moves = length(last.direction) > 1e-6 * size;
      if (moves !== (stationary === 'none')) {
        throw new Error(
          `${problem.name}: ${moves ? 'a direction' : 'no direction'}, but 0 is ${moves ? '' : 'not '}in the convex hull of the gradients: ‖d‖ is ${length(last.direction)}.`,
        );
      }
    }
  },
};

interface Solved {
  /** The gradients of the last step. */
  readonly rows: readonly Vector[];
  readonly last: VectorCombination;
  /** The size of the terms that add up to the direction. Rounding errors are relative to it. */
  readonly size: number;
  /** The relative error that rounding may cause. */
  readonly tolerance: number;
}

function solved(subject: Subject, problem: Problem): Solved {
  const last = answers(subject.create(), problem).at(-1)!;
  const rows = problem.steps.at(-1)!.batches.flat() as readonly Vector[];
  const terms = rows.map((row, index) => Math.abs(last.coefficients[index] ?? 1) * length(row));
  return {
    rows,
    last,
    size: terms.reduce((a, b) => a + b, length(last.direction)),
    tolerance: toleranceOf(problem.matrix),
  };
}

/**
 * The relative error that float64 inner products allow. It depends on the condition of the cosines, apart
 * from rank deficiency.
 */
function toleranceOf({ rows }: BankMatrix): number {
  const { cosines } = unitRows(SymmetricMatrix.gramian(rows), rows.length);
  if (cosines.size === 0) return 1e-9;
  const entries = Array.from({ length: cosines.size }, (_, i) =>
    Array.from({ length: cosines.size }, (_, j) => cosines.at(i, j)),
  );
  const values = new EigenvalueDecomposition(new Matrix(entries), { assumeSymmetric: true }).realEigenvalues;
  const largest = Math.max(...values);
  const condition = largest / Math.min(...values.filter((value) => value > 1e-10 * largest));
  return Math.max(1e-9, 100 * condition * 2 ** -53);
}

function checkClose(actual: Vector, expected: Vector, bound: number, what: string): void {
  const error = length(sum([1, actual], [-1, expected]));
  if (!(error <= bound)) {
    throw new Error(
      `${what}: ‖difference‖ is ${error}, for ‖d‖ ${length(expected)}; rounding allows ${bound}.`,
    );
  }
}

/** ⟨row, direction⟩ / (‖row‖ size), for any scales. It is 0 if the row or the size is zero. */
function along(row: Vector, direction: Vector, size: number): number {
  const own = length(row);
  if (own === 0 || size === 0) return 0;
  return dot(
    row.map((x) => x / own),
    direction.map((x) => x / size),
  );
}

function length(vector: Vector): number {
  return Math.hypot(...vector);
}
