import { LayersModel, type layers, type Sequential } from '@tensorflow/tfjs-layers';

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

type Layer = ReturnType<typeof layers.dense>;

/** Throws if a layer keeps a state from batch to batch: checkpoints hold the weights of a model, not its states. */
export function checkStateless(owner: string, model: LayersModel): void {
  const [name] = statefulIn(model);
  if (name === undefined) return;
  throw new Error(
    `${owner}: the layer "${name}" is stateful, and its states are in no checkpoint, so training would not go on as it was. Make the layer without \`stateful\`, or train without checkpoints.`,
  );
}

/** The names of the layers that keep a state, also inside other models and wrappers. */
function statefulIn(model: LayersModel): string[] {
  return model.layers.flatMap((layer) => {
    if (layer instanceof LayersModel) return statefulIn(layer);
    return isStateful(layer as Layer) ? [layer.name] : [];
  });
}

function isStateful(layer: Layer): boolean {
  const { layer: inside } = layer as { readonly layer?: Layer };
  return layer.stateful || (inside !== undefined && isStateful(inside));
}
