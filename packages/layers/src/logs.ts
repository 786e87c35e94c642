/** Averages of what the batches of an epoch logged, each weighted by its examples. */
export class Averages {
  readonly #sums = new Map<string, { sum: number; count: number }>();

  add(name: string, value: number, count: number): void {
    const { sum, count: before } = this.#sums.get(name) ?? { sum: 0, count: 0 };
    this.#sums.set(name, { sum: sum + value * count, count: before + count });
  }

  means(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, { sum, count }]) => [name, sum / count]));
  }
}

/** A value with the number of examples that it is the mean of. */
export interface Logged {
  readonly name: string;
  readonly value: number;
  readonly count: number;
}
