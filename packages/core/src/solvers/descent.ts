import { isBeyondRounding, isDescent, type NonnegativeProgram } from './nonnegative-program.ts';

/** A line along which the objective falls while it stays stationary in the other free indices. */
export interface Descent {
  /** The free indices and the entering one; the line is zero elsewhere. */
  readonly support: readonly number[];
  readonly line: Float64Array;
  /** The step to the minimum of the objective along the line; infinite if there is none. */
  readonly wanted: number;
}

/**
 * The index whose increase lowers the objective fastest. Only indices with a line of descent are considered.
 * Null if there is none.
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
 * The line with slope one in `entering` along which the derivatives by the free indices do not change. Null
 * if the objective does not fall along it by more than rounding. Between nearly dependent rows the line has
 * large entries, and the rounding errors are large too. Along a line without curvature only the linear term
 * changes.
 */
export function descentAlong(program: NonnegativeProgram, entering: number): Descent | null {
  const { matrix, linear, flat, slopes, terms } = program;
  const support = [...program.factor.indices, entering];
  const line = lineOf(program, entering);
  const total = support.reduce((sum, index) => sum + Math.abs(line[index]!), 0);
  // pᵀC p for the line p. Only this entry of C p is nonzero on the support.
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

/**
 * The step until an index reaches zero, at most `wanted`, and that index. `blocking` is null if none does.
 */
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
