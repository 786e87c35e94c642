import { isBeyondRounding, isDescent, type NonnegativeProgram } from './nonnegative-program.ts';

/** A line along which the objective falls while the other free indices stay stationary. */
export interface Descent {
  /** The free indices and the entering one; the line is zero elsewhere. */
  readonly support: readonly number[];
  readonly line: Float64Array;
  /** How far along the line the objective is least. */
  readonly wanted: number;
}

/**
 * The index whose increase lowers the objective fastest, of those with which it falls along the whole line;
 * null where there is none.
 */
export function enter(program: NonnegativeProgram): { entering: number; descent: Descent } | null {
  const { slopes, factor } = program;
  const passed = new Set(factor.indices);
  for (;;) {
    let entering = -1;
    let steepest = 0;
    for (let index = 0; index < slopes.length; index++) {
      if (slopes[index]! < steepest && isDescent(program, index) && !passed.has(index)) {
        entering = index;
        steepest = slopes[index]!;
      }
    }
    if (entering < 0) return null;
    const descent = descentAlong(program, entering);
    if (descent !== null) return { entering, descent };
    passed.add(entering);
  }
}

/**
 * The line with slope one in `entering` on which the derivatives of the free indices do not change; null
 * where the objective does not fall along it beyond rounding. Between nearly dependent rows its entries are
 * large, and so is that rounding. Along a flat line only the linear term changes.
 */
export function descentAlong(program: NonnegativeProgram, entering: number): Descent | null {
  const { matrix, linear, flat, slopes, terms } = program;
  const support = [...program.factor.indices, entering];
  const line = lineOf(program, entering);
  const total = support.reduce((sum, index) => sum + Math.abs(line[index]!), 0);
  // pᵀC p, of which only this entry of C p is not zero.
  const curvature = support.reduce((sum, index) => sum + matrix.at(entering, index) * line[index]!, 0);
  const curved = curvature > flat * total ** 2;
  let slope = 0;
  let size = 0;
  for (const index of support) {
    slope += line[index]! * (curved ? slopes[index]! : linear[index]!);
    size += Math.abs(line[index]!) * (curved ? terms[index]! : Math.abs(linear[index]!));
  }
  if (!isBeyondRounding(-slope, size, matrix.size)) return null;
  return { support, line, wanted: curved ? -slope / curvature : Number.POSITIVE_INFINITY };
}

function lineOf({ matrix, factor }: NonnegativeProgram, entering: number): Float64Array {
  const line = new Float64Array(matrix.size);
  const answer = factor.solve(factor.indices.map((index) => -matrix.at(index, entering)));
  for (const [position, index] of factor.indices.entries()) line[index] = answer[position]!;
  line[entering] = 1;
  return line;
}

/** How far to go, at most `wanted`, until an index reaches zero. */
export function stepTo(
  { support, line, wanted }: Descent,
  point: Float64Array,
): { step: number; blocking: number | null } {
  let step = wanted;
  let blocking: number | null = null;
  for (const index of support) {
    const slope = line[index]!;
    if (slope < 0 && point[index]! / -slope < step) {
      step = point[index]! / -slope;
      blocking = index;
    }
  }
  return { step, blocking };
}
