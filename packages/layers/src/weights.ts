import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

type Layer = ReturnType<typeof layers.dense>;
type LayerVariable = LayersModel['weights'][number];

/** The variables for `createTrainer`: those that are trained, and those that the forward pass moves. */
export interface Weights {
  /**
   * All variables that can be trained, frozen or not. Layers can then be frozen and unfrozen during training.
   */
  readonly variables: Variable[];
  /** The other variables, such as the moving averages of batch normalisation. */
  readonly state: Variable[];
}

/** The variables of a model. Spread them into the options of `createTrainer`. */
export function weightsOf(model: LayersModel): Weights {
  const trainable = everTrainable(model);
  const variables = unique(trainable);
  const state = unique(model.weights).filter((variable) => !variables.includes(variable));
  return { variables, state };
}

/**
 * Sets `trainable` of the variables from the model's layers, until the returned function is called. It is
 * needed because a layer that is frozen at construction does not tell its variables.
 */
export function applyFlags(model: LayersModel, variables: readonly Variable[]): () => void {
  const trained = new Set<Variable>(unique(model.trainableWeights));
  const before = variables.map(({ trainable }) => trainable);
  for (const variable of variables) variable.trainable = trained.has(variable);
  return () => {
    for (const [index, variable] of variables.entries()) variable.trainable = before[index]!;
  };
}

/** Training moves only variables of type float32. */
function unique(weights: readonly LayerVariable[]): Variable[] {
  return [...new Set(weights.map((weight) => weight.read() as Variable))].filter(
    ({ dtype }) => dtype === 'float32',
  );
}

/**
 * The weights that are trained if no layer is frozen. Only the flags tell them from other weights, so all
 * flags are set for a moment and then restored.
 */
function everTrainable(model: LayersModel): LayerVariable[] {
  const all = layersIn(model as unknown as Layer);
  const flags = all.map((layer) => layer.trainable);
  const weights = [...new Set(all.flatMap((layer) => layer.weights))];
  const own = weights.map((weight) => weight.trainable);
  try {
    for (const layer of all) layer.trainable = true;
    return model.trainableWeights;
  } finally {
    // Outer layers come first, since they also set the flags of the layers inside them.
    for (const [index, layer] of all.entries()) layer.trainable = flags[index]!;
    for (const [index, weight] of weights.entries()) weight.trainable = own[index]!;
  }
}

/** A layer and all layers inside it. tfjs-layers 4.22.0 keeps them in these fields. */
function layersIn(layer: Layer): Layer[] {
  const { layers, cells, ...own } = layer as unknown as Readonly<Record<string, unknown>>;
  const single = [own.layer, own.forwardLayer, own.backwardLayer, own.cell];
  const inner = [layers, cells, single].flat().filter((one) => one !== undefined && one !== null);
  return [layer, ...inner.flatMap((one) => layersIn(one as Layer))];
}
