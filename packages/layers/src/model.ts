import { LayersModel, type Sequential } from '@tensorflow/tfjs-layers';

/**
 * Throws unless it is a model whose layers can be trained. Builds a sequential model that is not built yet.
 */
export function readyModel(owner: string, model: LayersModel): void {
  if (!(model instanceof LayersModel)) {
    throw new Error(
      `${owner}: the model is no LayersModel of this copy of TensorFlow.js. Make one with tf.model, tf.sequential or tf.loadLayersModel; graph models cannot be trained.`,
    );
  }
  // A sequential model has no names of inputs and outputs before it is built.
  if (!model.built) (model as Sequential).build();
  try {
    for (const weight of model.weights) weight.read();
  } catch (error) {
    throw new Error(`${owner}: the model "${model.name}" has been disposed of. Make it anew.`, {
      cause: error,
    });
  }
}

/**
 * Marks the model as being trained, until the returned function is called. During that time `model.fit` and
 * `fit` refuse to start.
 */
export function claim(model: LayersModel): () => void {
  // `isTraining` is protected in tfjs-layers 4.22.0. A sequential model trains the model inside it.
  const inner = (model as unknown as { model?: unknown }).model ?? model;
  const flag = inner as { isTraining: boolean };
  if (flag.isTraining) {
    throw new Error(`fit: the model "${model.name}" is being trained already. Wait for that to end.`);
  }
  flag.isTraining = true;
  return () => {
    flag.isTraining = false;
  };
}
