import { differentiate, isDescent, type NonnegativeProgram } from './nonnegative-program.ts';

/*
 * From a guess of the positive entries, exchanges of many indices at once: all free entries that would be
 * negative for all others whose derivative is (Portugal, Júdice, Vicente, "A comparison of block pivoting and
 * interior-point algorithms for linear least squares problems with nonnegative variables", Math. Comp. 63,
 * 1994). They take few rounds, or do not end; the active set does what they leave undone.
 */

/** Rounds without fewer violations after which exchanges end: they may go round in circles. */
const PATIENCE = 3;

/** Makes a guess better: a point with free indices as the active set takes it. */
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
    // A row that nearly depends on the others is left to the active set: exchanges in a nearly singular block
    // follow rounding errors.
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
