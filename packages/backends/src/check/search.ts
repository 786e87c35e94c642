import type { Difference } from '../testing/agreement.ts';
import { type Comparison, compare, type Source, type Start } from './comparison.ts';

/** A comparison that went wrong. */
export interface Wrong {
  readonly comparison: Comparison;
  readonly difference: Difference;
  /** False if the same comparison was right when it was repeated. */
  readonly repeats: boolean;
}

/** The number of inputs among which smaller ones are looked for. */
const CANDIDATES = 200;

/** The number of these, from the smallest, that are computed until one is wrong. */
const ATTEMPTS = 30;

/**
 * Looks for the smallest input that is computed wrongly. On a device with many faults it stops after a while.
 */
export class Search {
  readonly #start: Start;
  readonly #seed: number;
  #left = 300;

  constructor(start: Start, seed: number) {
    this.#start = start;
    this.#seed = seed;
  }

  async smallest(source: Source, comparison: Comparison, difference: Difference): Promise<Wrong> {
    const again = await compare(comparison, this.#start);
    if (typeof again === 'string') return { comparison, difference, repeats: false };
    const candidates = Array.from({ length: CANDIDATES }, (_, i) => source.draw(this.#seed + 1000 + i))
      .filter(({ size }) => size < comparison.size)
      .sort((a, b) => a.size - b.size);
    for (const candidate of candidates.slice(0, ATTEMPTS)) {
      if (this.#left-- <= 0) break;
      const verdict = await compare(candidate, this.#start);
      if (typeof verdict !== 'string') return { comparison: candidate, difference: verdict, repeats: true };
    }
    return { comparison, difference: again, repeats: true };
  }
}
