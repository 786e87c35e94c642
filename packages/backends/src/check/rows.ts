import { combinations, innerProducts } from '@scalpel/core/rows';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { type Difference, held, type Verdict } from '../testing/agreement.ts';
import type { Draw } from '../testing/kernels/draw.ts';
import { tensorOf, type Values } from '../testing/values.ts';

/** The relative error of a sum of float32 products. */
const TOLERANCE = 1e-5;

/** Gradients of some variables, and the coefficients of their combinations. */
export interface Rows {
  /** Null stands for zeros. */
  readonly rows: readonly (readonly (Values | null)[])[];
  readonly coefficients: readonly (readonly number[])[];
  /** The combinations may overwrite this many of the first rows. */
  readonly spent: number;
}

export function drawRows(draw: Draw): Rows {
  const count = draw.integer(1, 12);
  const shapes = Array.from({ length: draw.integer(1, 6) }, () => draw.shape(0, 4));
  const rows = Array.from({ length: count }, () => {
    const most = draw.pick([1e-3, 1, 1, 1e3]);
    return shapes.map((shape) => (draw.chance(0.1) ? null : draw.tensor(shape, 'float32', -most, most)));
  });
  const coefficients = Array.from({ length: draw.integer(1, 4) }, () =>
    rows.map(() => draw.pick([0, 1, -0.5, draw.integer(-9, 9) / 4])),
  );
  return { rows, coefficients, spent: draw.chance() ? draw.integer(0, count + 1) : 0 };
}

/** Compares both passes over rows on the backend that `start` starts with sums in float64. */
export async function compareRows(drawn: Rows, start: () => Promise<void>): Promise<Verdict> {
  await start();
  const before = held();
  const rows = drawn.rows.map((row) => row.map((values) => values && tensorOf(values)));
  const made: (Tensor | null)[][] = [];
  try {
    const { byVariable } = await innerProducts(rows);
    made.push(...combinations(rows, drawn.spent, () => drawn.coefficients));
    const values = await Promise.all(made.map((row) => Promise.all(row.map(valuesOf))));
    dispose([...rows.flat(), ...made.flat()].filter((tensor) => tensor !== null));
    if (held() !== before) return { actual: `${held()} after it`, expected: `${before}, as before it` };
    const product = (i: number, j: number, variable: number) => byVariable[variable]!.at(i, j);
    return wrongProduct(drawn, product) ?? wrongCombination(drawn, values) ?? 'right';
  } catch (error) {
    return { actual: (error as Error).message, expected: 'inner products and combinations of the rows' };
  } finally {
    dispose([...rows.flat(), ...made.flat()].filter((tensor) => tensor !== null));
  }
}

async function valuesOf(tensor: Tensor | null): Promise<ArrayLike<number> | null> {
  return tensor === null ? null : tensor.data();
}

function wrongProduct(
  { rows }: Rows,
  product: (i: number, j: number, variable: number) => number,
): Difference | null {
  for (const [i, row] of rows.entries())
    for (const [j, other] of rows.entries())
      for (const [variable, values] of row.entries()) {
        const terms = values?.values.map((x, at) => x * (other[variable]?.values[at] ?? 0)) ?? [];
        const [actual, expected] = [product(i, j, variable), sum(terms)];
        if (!isClose(actual, expected, sum(terms.map(Math.abs)))) {
          const what = `the product of rows ${i} and ${j} in variable ${variable}`;
          return { actual: `${what} is ${actual}`, expected: `${expected}` };
        }
      }
  return null;
}

function wrongCombination(
  { rows, coefficients }: Rows,
  results: readonly (readonly (ArrayLike<number> | null)[])[],
): Difference | null {
  for (const [result, factors] of coefficients.entries())
    for (const [variable, values] of results[result]!.entries()) {
      const size = rows.reduce((most, row) => Math.max(most, row[variable]?.values.length ?? 0), 0);
      for (let at = 0; at < size; at++) {
        const terms = rows.map((row, i) => factors[i]! * (row[variable]?.values[at] ?? 0));
        const [actual, expected] = [values?.[at] ?? 0, sum(terms)];
        if (!isClose(actual, expected, sum(terms.map(Math.abs)))) {
          const what = `element ${at} of combination ${result} in variable ${variable}`;
          return { actual: `${what} is ${actual}`, expected: `${expected}` };
        }
      }
    }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function isClose(actual: number, expected: number, scale: number): boolean {
  return Math.abs(actual - expected) <= TOLERANCE * scale;
}
