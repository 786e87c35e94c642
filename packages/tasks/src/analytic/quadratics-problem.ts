import { normals, STREAM } from '../random.ts';

/**
 * The numbers of examples and of unknowns. There are more unknowns than examples, so the main loss has a
 * whole affine subspace of minima.
 */
export const EXAMPLES = 256;
export const UNKNOWNS = 300;

/** Float32 values. The float64 arithmetic below takes them as exact. */
export interface QuadraticsProblem {
  /** X, [EXAMPLES, UNKNOWNS], row by row. */
  readonly inputs: Float32Array;
  /** y, [EXAMPLES]. */
  readonly targets: Float32Array;
  /** θ_t, [UNKNOWNS]: the minimum of the auxiliary loss. */
  readonly preferred: Float32Array;
}

/** X = N(0, 1) · diag(1 … 10), y = Xθ° + 0.05 · N(0, 1) with θ° ~ N(0, I), θ_t = 10 · N(0, I). */
export function quadraticsProblem(seed: number): QuadraticsProblem {
  const draw = (count: number, deviation: number, what: number) =>
    normals(count, deviation, seed, STREAM.data, what);
  const inputs = draw(EXAMPLES * UNKNOWNS, 1, 0).map(
    (x, index) => x * (1 + (9 * (index % UNKNOWNS)) / (UNKNOWNS - 1)),
  );
  const noise = draw(EXAMPLES, 0.05, 1);
  const hidden = draw(UNKNOWNS, 1, 2);
  const targets = noise.map((x, example) => x + rowTimes(inputs, example, hidden));
  return { inputs, targets, preferred: draw(UNKNOWNS, 10, 3) };
}

/** ½ mean((Xθ − y)²) and ½‖θ − θ_t‖². */
export function quadraticsLosses(
  { inputs, targets, preferred }: QuadraticsProblem,
  theta: ArrayLike<number>,
): { readonly main: number; readonly auxiliary: number } {
  let main = 0;
  for (const [example, target] of targets.entries()) {
    main += (rowTimes(inputs, example, theta) - target) ** 2 / (2 * EXAMPLES);
  }
  return { main, auxiliary: squaredDistance(theta, preferred) / 2 };
}

/**
 * The bilevel solution: among all θ with Xθ = y, the nearest to θ_t. It is θ_t + X⁺(y − Xθ_t). The rows of X
 * are independent, so X⁺ = Xᵀ(XXᵀ)⁻¹.
 */
export async function exactSolution(problem: QuadraticsProblem): Promise<Float64Array> {
  const { CholeskyDecomposition, Matrix } = await import('ml-matrix');
  const { inputs, targets, preferred } = problem;
  const gramian = Matrix.zeros(EXAMPLES, EXAMPLES);
  for (let i = 0; i < EXAMPLES; i++) {
    const row = inputs.subarray(i * UNKNOWNS, (i + 1) * UNKNOWNS);
    for (let j = 0; j <= i; j++) {
      const inner = rowTimes(inputs, j, row);
      gramian.set(i, j, inner);
      gramian.set(j, i, inner);
    }
  }
  const missing = Array.from(targets, (y, example) => y - rowTimes(inputs, example, preferred));
  const multipliers = new CholeskyDecomposition(gramian).solve(Matrix.columnVector(missing)).to1DArray();
  const solution = Float64Array.from(preferred);
  for (const [example, multiplier] of multipliers.entries()) {
    for (let j = 0; j < UNKNOWNS; j++) solution[j]! += multiplier * inputs[example * UNKNOWNS + j]!;
  }
  return solution;
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j]! - b[j]!) ** 2;
  return sum;
}

function rowTimes(inputs: Float32Array, row: number, vector: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < UNKNOWNS; j++) sum += inputs[row * UNKNOWNS + j]! * vector[j]!;
  return sum;
}
