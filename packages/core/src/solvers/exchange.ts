import { differentiate, isDescent, type NonnegativeProgram } from './nonnegative-program.ts';

/*
 * Exchanges of many indices at once, which start from a guess of the positive entries. All free entries that
 * would be negative leave, and all other entries with a negative derivative enter (Portugal, Júdice, Vicente,
 * "A comparison of block pivoting and interior-point algorithms for linear least squares problems with
 * nonnegative variables", Math. Comp. 63, 1994). Exchanges either end after few rounds or never. The active
 * set finishes the work.
 */

/** Exchanges end after this many rounds without fewer violations, because they may repeat for ever. */
const PATIENCE = 3;

/**
 * Improves a guess. The result is a point and its free indices, in the form in which the active set goes on.
 */
export function exchange(program: NonnegativeProgram, guess: readonly number[]): void {
  const { factor, point, flat } = program;
  const origin = program.slopes.map((slope) => -slope);
  const settle = () => {
    point.fill(0);
    const answer = factor.solve(factor.indices.map((index) => origin[index]!));
    for (const [position, index] of factor.indices.entries()) point[index] = answer[position]!;
  };
  const isNegative = (index: number) => point[index]! < 0;
  let entering = [...guess];
  let fewest = Number.POSITIVE_INFINITY;
  let patience = PATIENCE;
  for (;;) {
    // A row that nearly depends on the others is left to the active set. In a nearly singular block,
    // exchanges would follow rounding errors.
    for (const index of entering) if (factor.append(index) <= Math.sqrt(flat)) factor.pop();
    settle();
    differentiate(program);
    entering = [];
    for (let index = 0; index < point.length; index++) {
      if (isDescent(program, index) && !factor.indices.includes(index)) entering.push(index);
    }
    const violations = entering.length + factor.indices.filter(isNegative).length;
    if (violations === 0) return;
    if (violations >= fewest && --patience < 0) break;
    fewest = Math.min(fewest, violations);
    factor.removeAll(isNegative);
  }
  while (factor.indices.some(isNegative)) {
    factor.removeAll(isNegative);
    settle();
    differentiate(program);
  }
}
