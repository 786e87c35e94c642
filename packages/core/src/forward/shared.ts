import * as tf from '@tensorflow/tfjs-core';
import { described } from '../described.ts';

interface Memo {
  readonly trunks: Map<unknown, Map<unknown, tf.TensorContainer>>;
  /** Tensors of the remembered results. They are disposed of with the memo. */
  readonly made: tf.Tensor[];
}

let memo: Memo | null = null;

/** The computation of each function that `shared` has returned. */
const computations = new WeakMap<object, unknown>();

/** The computation whose results are noted, with the ids of their tensors. */
let noted: { readonly compute: unknown; readonly ids: Set<number> } | null = null;

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
  const remembering = (batch: Batch) => {
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
    const result = byBatch.get(batch) as Value;
    if (noted?.compute === compute)
      for (const { id } of tf.tensor_util.getTensorsInContainer(result)) noted.ids.add(id);
    return result;
  };
  computations.set(remembering, compute);
  return remembering;
}

/** True if `shared` has returned this function. */
export function isShared(features: unknown): boolean {
  return typeof features === 'function' && computations.has(features);
}

/** Runs a forward pass, and notes the ids of the tensors that a function from `shared` returns in it. */
export function noting<Value>(
  features: object,
  forward: () => Value,
): { readonly value: Value; readonly ids: readonly number[] } {
  const outer = noted;
  const ids = new Set<number>();
  noted = { compute: computations.get(features), ids };
  try {
    return { value: forward(), ids: [...ids] };
  } finally {
    noted = outer;
  }
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
