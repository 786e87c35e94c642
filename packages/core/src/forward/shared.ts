import * as tf from '@tensorflow/tfjs-core';
import { described } from '../described.ts';

interface Memo {
  readonly trunks: Map<unknown, Map<unknown, tf.TensorContainer>>;
  /** Tensors of the remembered results. They are disposed of with the memo. */
  readonly made: tf.Tensor[];
}

let memo: Memo | null = null;

/**
 * Memoises a computation within a step, so that several objectives on one trunk run it once:
 *
 *     const features = shared((batch: Batch) => trunk(batch.images));
 *     const digit = { name: 'digit', priority: 0, loss: (batch) => digitLoss(features(batch), batch.digits) };
 *
 * Outside a step nothing is remembered, and every call runs the computation.
 */
export function shared<Batch, Value extends tf.TensorContainer>(
  compute: (batch: Batch) => Value,
): (batch: Batch) => Value {
  if (typeof compute !== 'function') {
    throw new Error(
      `shared: it was given ${described(compute)}, but takes the function that computes it from a batch.`,
    );
  }
  return (batch) => {
    if (memo === null) return compute(batch);
    const { trunks, made } = memo;
    const byBatch = trunks.get(compute) ?? new Map<unknown, tf.TensorContainer>();
    trunks.set(compute, byBatch);
    if (!byBatch.has(batch)) {
      const mark = (tf.engine() as unknown as { nextTensorId(): number }).nextTensorId();
      const value = compute(batch);
      for (const tensor of tf.tensor_util.getTensorsInContainer(value)) {
        // Variables, tensors of the batch and kept tensors already have an owner.
        if (tensor.id <= mark || tensor.kept) continue;
        // An objective may tidy its own loss, and shared tensors must outlive that.
        made.push(tf.keep(tensor));
      }
      byBatch.set(batch, value);
    }
    return byBatch.get(batch) as Value;
  };
}

/** Runs one forward pass in which `shared` remembers results. Disposes of them at its end. */
export function sharing<Value>(forward: () => Value): Value {
  const outer = memo;
  const own: Memo = { trunks: new Map(), made: [] };
  memo = own;
  try {
    return forward();
  } finally {
    tf.dispose(own.made);
    memo = outer;
  }
}
