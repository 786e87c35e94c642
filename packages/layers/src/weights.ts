import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

type Layer = ReturnType<typeof layers.dense>;
type LayerVariable = LayersModel['weights'][number];

/** For `createTrainer`: what is trained, and what the forward pass moves beside it. */
export interface Weights {
  /** All that can be trained, frozen or not, so that layers can be frozen and thawed while training goes on. */
  readonly variables: Variable[];
  /** The others, such as the moving averages of batch normalisation. */
  readonly state: Variable[];
}

/** The variables of a model, to be spread into the options of `createTrainer`. */
export function weightsOf(model: LayersModel): Weights {
  const trainable = everTrainable(model);
  const variables = unique(trainable);
  const state = unique(model.weights).filter((variable) => !variables.includes(variable));
  return { variables, state };
}

/** Sets `trainable` of the variables as the model's layers say, until the answer is called: a layer that is frozen when it is made does not tell its variables. */
export function applyFlags(model: LayersModel, variables: readonly Variable[]): () => void {
  const trained = new Set<Variable>(unique(model.trainableWeights));
  const before = variables.map(({ trainable }) => trainable);
  for (const variable of variables) variable.trainable = trained.has(variable);
  return () => {
    for (const [index, variable] of variables.entries()) variable.trainable = before[index]!;
  };
}

/** Only floats are weights that move. */
function unique(weights: readonly LayerVariable[]): Variable[] {
  return [...new Set(weights.map((weight) => weight.read() as Variable))].filter(
    ({ dtype }) => dtype === 'float32',
  );
}

/** The weights that are trained if no layer is frozen. Nothing but flags tells them from others, so all are set for a moment, and back. */
function everTrainable(model: LayersModel): LayerVariable[] {
  const all = layersIn(model as unknown as Layer);
  const flags = all.map((layer) => layer.trainable);
  const weights = [...new Set(all.flatMap((layer) => layer.weights))];
  const own = weights.map((weight) => weight.trainable);
  try {
    for (const layer of all) layer.trainable = true;
    return model.trainableWeights;
  } finally {
    // Outer layers first: they set the flags of those in them.
    for (const [index, layer] of all.entries()) layer.trainable = flags[index]!;
    for (const [index, weight] of weights.entries()) weight.trainable = own[index]!;
  }
}

/** A layer and those in it, which tfjs-layers 4.22.0 keeps in these fields. */
function layersIn(layer: Layer): Layer[] {
  const { layers, cells, ...own } = layer as unknown as Readonly<Record<string, unknown>>;
  const single = [own.layer, own.forwardLayer, own.backwardLayer, own.cell];
  const inner = [layers, cells, single].flat().filter((one) => one !== undefined && one !== null);
  return [layer, ...inner.flatMap((one) => layersIn(one as Layer))];
}
