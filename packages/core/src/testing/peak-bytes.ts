import * as tf from '@tensorflow/tfjs-core';

/** False where the backend makes tensors without telling TensorFlow.js, as TensorFlow's own library does. */
export const seesBytes: boolean = tf.getBackend() !== 'tensorflow';

/** The largest number of bytes in use at a time, beyond those at the start. TensorFlow.js's own count takes every clone for a copy. */
export async function peakBytes(work: () => Promise<unknown>): Promise<number> {
  const backend = tf.backend();
  const made = new Map<object, number>();
  let [now, most] = [0, 0];
  const { write, disposeData } = backend;
  backend.write = (values, shape, dtype) => {
    const dataId = write.call(backend, values, shape, dtype);
    made.set(dataId, tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype));
    now += made.get(dataId)!;
    most = Math.max(most, now);
    return dataId;
  };
  backend.disposeData = (dataId, force) => {
    const size = made.get(dataId) ?? tf.engine().state.tensorInfo.get(dataId)?.bytes ?? 0;
    const isGone = disposeData.call(backend, dataId, force);
    if (isGone) now -= size;
    return isGone;
  };
  await work();
  Object.assign(backend, { write, disposeData });
  return most;
}
