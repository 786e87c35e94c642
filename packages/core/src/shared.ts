import * as tf from '@tensorflow/tfjs-core';

let trunks: Map<unknown, Map<unknown, tf.TensorContainer>> | null = null;

/**
 * Memoises a computation within a step, so that several objectives on one trunk run it once:
 *
 *     const features = shared((batch: Batch) => trunk(batch.images));
 *     const digit = { name: 'digit', priority: 0, loss: (batch) => digitLoss(features(batch), batch.digits) };
 *
 * Outside a step nothing is remembered, and every call computes anew.
 */
export function shared<Batch, Value extends tf.TensorContainer>(
  compute: (batch: Batch) => Value,
): (batch: Batch) => Value {
  return (batch) => {
    if (trunks === null) return compute(batch);
    const byBatch = trunks.get(compute) ?? new Map<unknown, tf.TensorContainer>();
    trunks.set(compute, byBatch);
    if (!byBatch.has(batch)) {
      const value = compute(batch);
      // An objective may tidy its own loss: what is shared has to outlive that.
      for (const tensor of tf.tensor_util.getTensorsInContainer(value)) tf.keep(tensor);
      byBatch.set(batch, value);
    }
    return byBatch.get(batch) as Value;
  };
}

/** Runs one forward pass in which `shared` remembers, and disposes what it remembered. */
export function sharing<Value>(forward: () => Value): Value {
  const outer = trunks;
  trunks = new Map();
  try {
    return forward();
  } finally {
    for (const byBatch of trunks.values()) {
      for (const value of byBatch.values()) tf.dispose(value as tf.TensorContainer);
    }
    trunks = outer;
  }
}
