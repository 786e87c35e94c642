/** The same numbers as in uniform.py: uniform in [-1, 1), from a hash of (seed, index). */
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

/** @throws where an element differs by more than the tolerance times the largest one. */
export function expectSame(
  what: string,
  ours: readonly number[],
  theirs: readonly number[],
  tolerance: number,
): void {
  const largest = Math.max(...theirs.map(Math.abs));
  const worst = Math.max(...ours.map((x, index) => Math.abs(x - theirs[index]!)));
  if (ours.length !== theirs.length || !(worst <= tolerance * largest)) {
    throw new Error(
      `${what}: ours and theirs differ by ${worst}, and the largest element is ${largest} (${ours.length} and ${theirs.length} looked at).`,
    );
  }
}
