import { randomFrom } from '@scalpel/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../../testing.ts';

export type Type = Values['dtype'];

/** One computation with its inputs, and a description of its other options. */
export interface Case {
  readonly inputs: readonly Values[];
  readonly compute: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  readonly options?: unknown;
  /** Some of the floats are NaN or infinite. */
  readonly isExtreme?: boolean;
}

/**
 * Draws one computation with a kernel. All draws together cover every kind of input that the kernel takes.
 */
export type Kernel = (draw: Draw) => Case;

export type Kernels = Readonly<Record<string, Kernel>>;

const ALL_TYPES: readonly Type[] = ['float32', 'float32', 'int32', 'bool'];

/** Draws cases. Each case has its own generator, so that it can be drawn again alone. */
export class Draw {
  readonly #random: () => number;

  constructor(...seeds: readonly number[]) {
    this.#random = randomFrom(...seeds);
  }

  /** A whole number in [first, end). */
  integer(first: number, end: number): number {
    return first + Math.floor(this.#random() * (end - first));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length)]!;
  }

  chance(probability = 0.5): boolean {
    return this.#random() < probability;
  }

  /** The items in a random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const rest = [...items];
    return items.map(() => rest.splice(this.integer(0, rest.length), 1)[0]!);
  }

  type(types: readonly Type[] = ALL_TYPES): Type {
    return this.pick(types);
  }

  /** The length of an axis: mostly small, sometimes larger than the blocks in which kernels work. */
  length(): number {
    return this.chance(0.06) ? this.pick([16, 33, 65, 130]) : this.pick([1, 1, 2, 2, 3, 3, 4, 5, 7, 8]);
  }

  /** A shape with at most a few thousand elements, sometimes with none. */
  shape(leastRank: number, mostRank: number): number[] {
    const rank = this.integer(leastRank, mostRank + 1);
    const shape = Array.from({ length: rank }, () => (this.chance(0.03) ? 0 : this.length()));
    while (shape.reduce((size, length) => size * length, 1) > 4000)
      shape[shape.indexOf(Math.max(...shape))] = 2;
    return shape;
  }

  /** Two shapes that broadcast with each other. */
  broadcast(mostRank = 5): [number[], number[]] {
    const shape = this.shape(0, mostRank);
    const part = (): number[] =>
      shape
        .slice(this.chance(0.6) ? 0 : this.integer(0, shape.length + 1))
        .map((length) => (this.chance(0.3) ? 1 : length));
    return this.shuffled([shape, part()]) as [number[], number[]];
  }

  /** Tensors of this shape: floats in [least, most), whole numbers in the same range, and bools. */
  tensor(shape: readonly number[], dtype: Type = 'float32', least = -3, most = 3): Values {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Array.from({ length: size }, () => {
      const value = least + this.#random() * (most - least);
      if (dtype === 'bool') return value > (least + most) / 2 ? 1 : 0;
      if (dtype === 'int32') return Math.trunc(value);
      return Math.fround(value);
    });
    return { shape: [...shape], dtype, values };
  }

  /** Whole numbers in [first, end). */
  ids(shape: readonly number[], first: number, end: number): Values {
    const { values } = this.tensor(shape);
    return { shape: [...shape], dtype: 'int32', values: values.map(() => this.integer(first, end)) };
  }

  /** Floats that are all well apart, so that the largest one does not depend on rounding. */
  distinct(shape: readonly number[]): Values {
    const { values } = this.tensor(shape);
    const places = this.shuffled([...values.keys()]);
    return {
      shape: [...shape],
      dtype: 'float32',
      values: places.map((place) => (place - values.length / 3) / 4),
    };
  }

  /** The number of an axis, counted from the start or from the end. */
  axis(rank: number): number {
    return this.integer(-rank, rank);
  }

  /** Some axes, each once, counted from the start or from the end. */
  axes(rank: number): number[] {
    const count = this.integer(1, rank + 1);
    return this.shuffled([...Array(rank).keys()])
      .slice(0, count)
      .map((axis) => (this.chance() ? axis : axis - rank));
  }
}
