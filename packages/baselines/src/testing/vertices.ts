import { LuDecomposition, Matrix } from 'ml-matrix';

export interface Inequality {
  readonly row: readonly number[];
  readonly least: number;
}

/**
 * All vertices of a polyhedron: the oracle for small linear programs. It tries every set of as many equations
 * row · x = least as there are unknowns, the given equations included, and keeps the points that satisfy all
 * other inequalities.
 */
export function vertices(
  inequalities: readonly Inequality[],
  equations: readonly Inequality[] = [],
): readonly (readonly number[])[] {
  const width = inequalities[0]!.row.length;
  return subsets(inequalities.length, width - equations.length).flatMap((active) => {
    const system = [...equations, ...active.map((index) => inequalities[index]!)];
    const block = new LuDecomposition(new Matrix(system.map(({ row }) => [...row])));
    if (block.isSingular()) return [];
    const x = block.solve(Matrix.columnVector(system.map(({ least }) => least))).to1DArray();
    const feasible = inequalities.every(({ row, least }, index) => {
      if (active.includes(index)) return true;
      const terms = row.map((a, i) => a * x[i]!);
      const size = terms.reduce((sum, term) => sum + Math.abs(term), Math.abs(least));
      return terms.reduce((sum, term) => sum + term, 0) - least >= -1e-9 * size;
    });
    return feasible && x.every(Number.isFinite) ? [x] : [];
  });
}

function subsets(count: number, size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  if (size > count) return [];
  const last = count - 1;
  return [...subsets(last, size), ...subsets(last, size - 1).map((subset) => [...subset, last])];
}
