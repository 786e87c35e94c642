import { randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';

/** A `tf.data` dataset, or anything else that gives batches in the same way. */
export interface DatasetLike {
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown, unknown>> }>;
  /** The number of batches, if it is known. */
  readonly size?: number | null;
}

/** The batches of each epoch. The receiver of a batch disposes of it. */
export interface Source {
  /** The number of batches in an epoch; null if it is not known. */
  readonly batches: number | null;
  /** True if all epochs are pieces of one pass, which may end before they do. */
  readonly isCut: boolean;
  readonly examples: number | null;
  epoch(epoch: number): AsyncGenerator<Batch, void>;
  /** Draws the batches of an epoch without use, so that a resumed training can continue after it. */
  passOver(epoch: number): Promise<void>;
}

/** Makes a new iterator for each epoch. With `batchesPerEpoch`, all epochs share one iterator. */
export function datasetSource(dataset: DatasetLike, batchesPerEpoch?: number): Source {
  const whole = batchesPerEpoch === undefined;
  let iterator: Awaited<ReturnType<DatasetLike['iterator']>> | null = null;
  const start = async () => {
    if (whole || iterator === null) iterator = await dataset.iterator();
    return iterator;
  };
  async function* epoch() {
    const now = await start();
    for (let batch = 0; whole || batch < batchesPerEpoch; batch++) {
      const { value, done } = await now.next();
      // The last step of an iterator may still hold an element.
      if (value !== null && value !== undefined) yield value as Batch;
      if (done) return;
    }
  }
  return {
    batches: batchesPerEpoch ?? (Number.isFinite(dataset.size) ? dataset.size! : null),
    examples: null,
    isCut: !whole,
    epoch,
    passOver: async () => {
      // A shuffled dataset draws a seed for each iterator. A shared iterator has to reach the same batch.
      await start();
      if (!whole) for await (const batch of epoch()) tf.dispose(batch as unknown as tf.TensorContainer);
    },
  };
}

/** Tensors as lists, in the order of the model's inputs and outputs. */
export interface Examples {
  readonly xs: readonly tf.Tensor[];
  readonly ys: readonly (tf.Tensor | null)[];
  readonly sampleWeight: readonly (tf.Tensor | null)[];
}

/**
 * Cuts tensors into batches. `shuffle` is a seed: with the number of the epoch it gives an order that can be
 * repeated. Null keeps the order of the tensors.
 */
export function tensorSource(examples: Examples, batchSize: number, shuffle: number | null): Source {
  const size = examples.xs[0]!.shape[0]!;
  async function* epoch(number: number) {
    const order = [...Array(size).keys()];
    if (shuffle !== null) permute(order, randomFrom(shuffle, number));
    for (let start = 0; start < size; start += batchSize) {
      const chosen = order.slice(start, start + batchSize);
      yield tf.tidy(() => {
        const rows = tf.tensor1d(chosen, 'int32');
        const take = (tensor: tf.Tensor | null) => tensor && tf.gather(tensor, rows);
        return {
          xs: examples.xs.map(take),
          ys: examples.ys.map(take),
          sampleWeight: examples.sampleWeight.map(take),
        } as unknown as tf.TensorContainer;
      }) as unknown as Batch;
    }
  }
  return {
    batches: Math.ceil(size / batchSize),
    examples: size,
    isCut: false,
    epoch,
    passOver: async () => {},
  };
}

/**
 * Shuffles in place, by the algorithm of Fisher and Yates as Durstenfeld has it (Algorithm 235, Comm. ACM 7,
 * 1964).
 */
function permute(list: number[], random: () => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other]!, list[last]!];
  }
}
