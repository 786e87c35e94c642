import * as tf from '@tensorflow/tfjs-core';

/** What something was at one moment, to go back to. */
export interface Held {
  restore(): void;
  /** Lets go of the moment, whether or not it was gone back to. */
  release(): void;
}

/** The values of variables. Their data is shared, not copied: who assigns to a variable gives it other data. */
export function holdVariables(variables: readonly tf.Variable[]): Held {
  const values = variables.map(referenceTo);
  return {
    restore() {
      for (const [index, variable] of variables.entries()) {
        const value = values[index]!;
        if (!variable.isDisposed && variable.dataId !== value.dataId) variable.assign(value);
      }
    },
    release: () => tf.dispose(values),
  };
}

/** A tensor of the same data: `tf.clone` without the kernel, which takes several times as long. */
function referenceTo({ shape, dtype, dataId }: tf.Variable): tf.Tensor {
  const engine = tf.engine();
  const tensor = tf.keep(engine.makeTensorFromTensorInfo({ shape, dtype, dataId }));
  // Where the data is, which may be another backend than the current one.
  engine.state.tensorInfo.get(dataId)!.backend.incRef(dataId);
  return tensor;
}
