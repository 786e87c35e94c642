import type { SymmetricMatrix } from './symmetric-matrix.ts';

/** A number, or a nested list of numbers of any depth. */
export type Numbers = number | readonly Numbers[];

/**
 * Throws unless all numbers are finite. `given` holds them by the names of the arguments of `owner`. The
 * message names the argument and the place in it, as in "hypervolume: points[2][0] is NaN".
 */
export function checkNumbers(owner: string, given: Readonly<Record<string, Numbers>>): void {
  for (const [name, numbers] of Object.entries(given)) {
    const wrong = firstNotFinite(numbers);
    if (wrong === null) continue;
    const place = wrong.path.map((index) => `[${index}]`).join('');
    throw new Error(
      `${owner}: ${name}${place} is ${wrong.value}, but must be a finite number. Leave out what has no value, such as runs that diverged.`,
    );
  }
}

/** The same for the entries in the first `count` rows and columns of a matrix. */
export function checkMatrix(
  owner: string,
  name: string,
  matrix: SymmetricMatrix,
  count: number = matrix.size,
): void {
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const entry = matrix.at(row, column);
      if (!Number.isFinite(entry)) checkNumbers(owner, { [`${name}[${row}][${column}]`]: entry });
    }
  }
}

function firstNotFinite(
  numbers: Numbers,
): { readonly path: readonly number[]; readonly value: unknown } | null {
  if (typeof numbers === 'number' || !Array.isArray(numbers)) {
    return Number.isFinite(numbers) ? null : { path: [], value: numbers };
  }
  for (let index = 0; index < numbers.length; index++) {
    const wrong = firstNotFinite(numbers[index]);
    if (wrong) return { path: [index, ...wrong.path], value: wrong.value };
  }
  return null;
}
