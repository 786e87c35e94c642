import * as tf from '@tensorflow/tfjs-core';

/** A state that can be restored. */
export interface Snapshot {
  restore(): void;
  /** Frees the snapshot. It need not have been restored. */
  release(): void;
}

/**
 * The values of variables. Their data is shared, not copied: an assignment gives a variable other data, so
 * the old data does not change.
 */
export function snapshotVariables(variables: readonly tf.Variable[]): Snapshot {
  const engine = tf.engine();
  const { tensorInfo } = engine.state;
  // The backend that holds the data. It may differ from the current one.
  const backendOf = (dataId: tf.DataId) => tensorInfo.get(dataId)!.backend;
  const dataIds = variables.map(({ dataId }) => dataId);
  // References to the data, without tensors. Otherwise a step would make one tensor for each variable and
  // accumulator.
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
