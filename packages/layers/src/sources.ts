import { randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch.ts';

/** A `tf.data` dataset, or whatever gives batches in the same way. */
export interface DatasetLike {
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown, unknown>> }>;
  /** Number of batches, where it is known. */
  readonly size?: number | null;
}

/** Where the batches of an epoch come from. Whoever is given one disposes of it. */
export interface Source {
  /** Batches in an epoch; null: not known. */
  readonly batches: number | null;
  /** Whether epochs are pieces of one pass, which may end before them. */
  readonly isCut: boolean;
  readonly examples: number | null;
  epoch(epoch: number): AsyncGenerator<Batch, void>;
  /** Draws what an epoch would, for a training that goes on after it. */
  passOver(epoch: number): Promise<void>;
}

/** A new iterator for each epoch; or, with `batchesPerEpoch`, one that epochs share. */
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
      // A dataset may end with a last element.
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
      // Shuffled datasets draw a seed for each iterator; one that epochs share has to be at the same batch.
      await start();
      if (!whole) for await (const batch of epoch()) tf.dispose(batch as unknown as tf.TensorContainer);
    },
  };
}

/** Lists of tensors in the order of the model's inputs and outputs. */
export interface Examples {
  readonly xs: readonly tf.Tensor[];
  readonly ys: readonly (tf.Tensor | null)[];
  readonly sampleWeight: readonly (tf.Tensor | null)[];
}

/** Tensors cut into batches; shuffled from (seed, epoch), so that an epoch can be repeated, or in their order. */
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

/** Fisher and Yates, as Durstenfeld (Algorithm 235, Comm. ACM 7, 1964) does it in place. */
function permute(list: number[], random: () => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other]!, list[last]!];
  }
}
