/**
 * A uniform generator in [0, 1). The given whole numbers determine it, so that (seed, step) repeats a step.
 * The numbers are hashed into one 32-bit state, which is then stepped as in splitmix32 (Steele, Lea, Flood,
 * OOPSLA 2014). Throws if a seed is not a whole number.
 */
export function randomFrom(...seeds: readonly number[]): () => number {
  let state = 0;
  for (const seed of seeds) {
    // Fractions would be cut off below, and then seeds that look different would give the same numbers.
    if (!Number.isSafeInteger(seed)) throw new Error(`The seed is ${seed}, but must be a whole number.`);
    state = mix(state + 0x9e3779b9 + mix(seed));
  }
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 2 ** 32;
  };
}

/**
 * A separate generator for an inner combiner, so that the draws of one combiner do not shift those of
 * another.
 */
export function fork(random: () => number): () => number {
  return randomFrom(Math.floor(random() * 2 ** 32));
}

/** A standard normal number from two uniform ones (Box and Muller, Ann. Math. Statist. 29, 1958). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Shuffles the items in place (Fisher and Yates). Returns them. */
export function shuffle<Items extends { readonly length: number; [index: number]: number }>(
  items: Items,
  random: () => number,
): Items {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const swapped = items[last]!;
    items[last] = items[other]!;
    items[other] = swapped;
  }
  return items;
}

function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
