/** Uniform numbers in [-1, 1) from a hash of (seed, index), the same as in uniform.py. */
export function uniform(seed: number, length: number): Float32Array {
  const start = Math.imul(seed + 1, 0x85ebca77);
  return Float32Array.from({ length }, (_, index) => {
    let hash = Math.imul(index + 1, 0x9e3779b1) ^ start;
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return (hash ^ (hash >>> 15)) / 2 ** 31;
  });
}

/** About `count` of the elements, evenly spread. */
export function sample(values: ArrayLike<number>, count = 1000): number[] {
  const stride = Math.ceil(values.length / count);
  return Array.from({ length: Math.ceil(values.length / stride) }, (_, index) => values[index * stride]!);
}

/**
 * The largest difference from the exact values, relative to the largest element. @throws unless it is below
 * the tolerance.
 */
export function errorOf(
  what: string,
  values: readonly number[],
  exact: readonly number[],
  tolerance: number,
): number {
  const largest = Math.max(...exact.map(Math.abs));
  const error = Math.max(...exact.map((x, index) => Math.abs(x - values[index]!))) / largest;
  if (!(error < tolerance)) throw new Error(`${what} is off by ${error} times the largest element.`);
  return error;
}
