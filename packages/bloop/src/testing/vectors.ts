import { randomFrom } from '@scalpel/core';

export type Vector = readonly number[];

export function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** Σ factor · vector */
export function sum(...terms: readonly (readonly [number, Vector])[]): number[] {
  return terms[0]![1].map((_, i) => terms.reduce((total, [factor, v]) => total + factor * v[i]!, 0));
}

/** The part of u orthogonal to v; u itself where v is zero. */
export function project(u: Vector, v: Vector): number[] {
  const square = dot(v, v);
  return square === 0 ? [...u] : sum([1, u], [-dot(u, v) / square, v]);
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: Vector, b: Vector): number {
  return Math.hypot(...sum([1, a], [-1, b])) / Math.hypot(...b);
}

/** Matrices of `rows` rows with entries uniform in [−1, 1), around a mean that does not change between them. */
export function gradients<Rows extends readonly Vector[] = Vector[]>(
  seed: number,
  rows: number,
  width: number,
): () => Rows {
  const random = randomFrom(seed);
  const draw = () =>
    Array.from({ length: rows }, () => Array.from({ length: width }, () => 2 * random() - 1));
  const mean = draw();
  return () => draw().map((row, i) => sum([1, row], [1, mean[i]!])) as readonly Vector[] as Rows;
}

/** Objectives on levels 0, 1, … or those given. */
export function onLevels(...levels: readonly number[]): { name: string; priority: number }[] {
  return levels.map((priority, index) => ({ name: `objective ${index}`, priority }));
}

/**
 * Bloop written on explicit vectors, averages and all: the oracle for the one on coefficients. A null row is absent.
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
