import type { Certificate, GramianStep } from '@scalpel/core';
import { type UnitRows, unitRows } from '@scalpel/core/solvers';
import { maximizeLinear } from '../solvers/linear-program.ts';

// The linear programs of exact Pareto optimal search, which epo.ts defines.

export interface Anchor {
  /** μ, >= 0. */
  readonly nonUniformity: number;
  /** a, one number per row. */
  readonly direction: readonly number[];
  /** For each row, true if its rⱼLⱼ is the largest. */
  readonly largest: readonly boolean[];
}

/**
 * The aim of a step. `balance` moves the losses towards equal proportions, and `descend` lowers all losses.
 * `relaxed` lowers them too, but may disturb the proportions.
 */
export type Move = 'balance' | 'descend' | 'relaxed';

/**
 * The weights of a move, or null. They are null if no weights are feasible, and if the lengths of the
 * gradients differ too much for the program to find any. The variables of the program are zᵢ = αᵢ ‖gᵢ‖ / s
 * over the nonzero rows, where s is the length of the shortest. Cosines take the place of inner products, so
 * the scale of the gradients does not matter.
 */
export function solveMove(
  { gramian, rows, precision }: GramianStep,
  anchor: Anchor,
  move: Move,
): { readonly weights: readonly number[]; readonly certificate: Certificate } | null {
  const units = unitRows(gramian, rows.length);
  const zeros = rows.length - units.indices.length;
  const shortest = Math.min(...units.lengths);
  const scales = units.lengths.map((length) => length / shortest);
  const budget = scales.map((scale) => 1 / scale);
  const { goal, constraints } = programOf(units, scales, zeros, anchor, move, precision);
  const { point, residual } = maximizeLinear(
    {
      // The weights add up to one. If there are zero rows, these take the rest.
      objectives: zeros > 0 ? [goal] : [budget, goal],
      matrix: [budget, ...constraints.map(({ row }) => row.map((x) => -x))],
      bounds: [1, ...constraints.map(({ least }) => -least)],
    },
    precision,
  );
  const parts = point.map((z, i) => z * budget[i]!);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (!Number.isFinite(residual) || (zeros === 0 && total < 1 - 1e-6)) return null;
  const weights = rows.map((_, row) => {
    const i = units.indices.indexOf(row);
    if (i < 0) return Math.max(0, 1 - total) / zeros;
    return zeros === 0 ? parts[i]! / total : parts[i]!;
  });
  return { weights, certificate: { solved: residual < 1e-8, residual } };
}

/** Maximise goalᵀz with row · z >= least for each constraint. Every `least` is at most 0. */
interface Program {
  readonly goal: readonly number[];
  readonly constraints: readonly { readonly row: readonly number[]; readonly least: number }[];
}

function programOf(
  { indices, cosines }: UnitRows,
  scales: readonly number[],
  zeros: number,
  { direction, largest }: Anchor,
  move: Move,
  precision: number,
): Program {
  const anchor = indices.map((row, i) => direction[row]! * scales[i]!);
  // (Ga)ⱼ / (s ‖gⱼ‖), or 0 if it is only rounding, because the program depends on the sign.
  const rounding = 100 * precision * anchor.reduce((sum, x) => sum + Math.abs(x), 0);
  const changes = cosines.times(anchor).map((change) => (Math.abs(change) > rounding ? change : 0));
  const rises = changes.some((change) => change > 0);
  const constraints = indices.flatMap((row, j) => {
    const bound = { row: scales.map((_, i) => cosines.at(i, j)), least: 0 };
    if (move !== 'balance' || !rises || largest[row]) return [bound];
    return changes[j]! > 0 ? [] : [{ ...bound, least: changes[j]! }];
  });
  if (move === 'balance') return { goal: changes, constraints };
  const goal = cosines.times(scales);
  if (move === 'relaxed') return { goal, constraints };
  const most = Math.max(...changes.map((change, i) => change * scales[i]!));
  return { goal, constraints: [...constraints, { row: changes, least: zeros > 0 ? 0 : Math.min(most, 0) }] };
}
