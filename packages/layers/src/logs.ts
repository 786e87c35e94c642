/** Means of the logged values of an epoch's batches. The weight of a batch is its number of examples. */
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

/** A mean, with the number of examples behind it. */
export interface Logged {
  readonly name: string;
  readonly value: number;
  readonly count: number;
}
