import type { SymmetricMatrix } from './symmetric-matrix.ts';

/** A number, or a list of such at any depth. */
export type Numbers = number | readonly Numbers[];

/**
 * Throws unless all numbers are finite. `given` has them by the names of the arguments of `owner`: the
 * message says which one, and where in it, as in "hypervolume: points[2][0] is NaN".
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

/** The same for the entries of a matrix that are in its first `count` rows and columns. */
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
