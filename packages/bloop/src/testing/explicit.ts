import { project, sum, type Vector } from '@scalpel/core/testing';

/**
 * Bloop on explicit vectors, with explicit averages: the oracle for the version on coefficients. A null row
 * is absent.
 */
export function explicitBloop(options: {
  readonly lambda: readonly number[];
  readonly rho: number;
  readonly update: 'after' | 'before';
  readonly initial: 'zeros' | 'first';
}): (rows: readonly (Vector | null)[]) => number[] {
  const { lambda, rho, update, initial } = options;
  const averages: (Vector | null)[] = lambda.map(() => null);
  return (rows) => {
    const zero = rows.find((row) => row !== null)!.map(() => 0);
    const moved = () => {
      for (const [level, average] of averages.entries()) {
        const row = rows[level]!;
        if (row) averages[level] = sum([1 - rho, average ?? (initial === 'first' ? row : zero)], [rho, row]);
      }
    };
    if (update === 'before') moved();
    const orthogonal: Vector[] = [];
    let direction: Vector = rows[0] ?? zero;
    for (const [index, strength] of lambda.entries()) {
      const started = averages[index] ?? (initial === 'first' && update === 'after' ? rows[index] : zero);
      orthogonal.push(orthogonal.reduce<Vector>(project, started ?? zero));
      const row = rows[index + 1];
      if (row) direction = sum([1, direction], [strength, orthogonal.reduce<Vector>(project, row)]);
    }
    if (update === 'after') moved();
    return [...direction];
  };
}
