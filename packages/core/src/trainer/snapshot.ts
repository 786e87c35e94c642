import * as tf from '@tensorflow/tfjs-core';

/** A state to go back to. */
export interface Snapshot {
  restore(): void;
  /** Frees the snapshot, whether or not it was restored. */
  release(): void;
}

/**
 * The values of variables. Their data is referred to, not copied, because an assignment gives a variable
 * other data.
 */
export function snapshotVariables(variables: readonly tf.Variable[]): Snapshot {
  const engine = tf.engine();
  const { tensorInfo } = engine.state;
  // Where the data is, which may be another backend than the current one.
  const backendOf = (dataId: tf.DataId) => tensorInfo.get(dataId)!.backend;
  const dataIds = variables.map(({ dataId }) => dataId);
  // References without tensors, of which a step would make one for each variable and accumulator.
  for (const dataId of dataIds) backendOf(dataId).incRef(dataId);
  return {
    restore() {
      for (const [index, variable] of variables.entries()) {
        const dataId = dataIds[index]!;
        if (variable.isDisposed || variable.dataId === dataId) continue;
        const { shape, dtype } = variable;
        backendOf(dataId).incRef(dataId);
        const value = engine.makeTensorFromTensorInfo({ dataId, shape, dtype });
        variable.assign(value);
        value.dispose();
      }
    },
    release() {
      for (const dataId of dataIds) {
        const backend = backendOf(dataId);
        if (backend.disposeData(dataId)) engine.removeDataId(dataId, backend);
      }
    },
  };
}
