import {
  clone,
  dispose,
  gather,
  logSoftmax,
  losses,
  max,
  mean,
  mul,
  neg,
  type Optimizer,
  oneHot,
  reshape,
  type Scalar,
  slice,
  stack,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
  train,
  variable,
} from '@tensorflow/tfjs-core';
import { Draw } from './kernels/draw.ts';
import { imageKinds } from './networks/images.ts';
import { dense, type Kind, type Layer } from './networks/layer.ts';
import { rowKinds } from './networks/rows.ts';
import { sequenceKinds } from './networks/sequences.ts';
import { tensorOf, type Values } from './values.ts';

/** A small network with its data and its optimizer. */
export interface Network {
  /** A description of its layers, loss and optimizer. */
  readonly title: string;
  readonly weights: readonly Values[];
  readonly loss: (weights: readonly Tensor[]) => Scalar;
  readonly optimizer: () => Optimizer;
  /**
   * Whether the optimizer divides gradients by their own size. Then a gradient that is zero up to rounding
   * still gives a full step, in any direction.
   */
  readonly isScaled: boolean;
}

const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.05),
  momentum: () => train.momentum(0.02, 0.9),
  Nesterov: () => train.momentum(0.02, 0.9, true),
  adagrad: () => train.adagrad(0.05),
  adadelta: () => train.adadelta(0.05),
  adam: () => train.adam(0.01),
  adamax: () => train.adamax(0.01),
  rmsprop: () => train.rmsprop(0.005, 0.9, 0.5),
  'centered rmsprop': () => train.rmsprop(0.005, 0.9, 0.5, 1e-3, true),
};

/**
 * Draws a network of up to eight layers, on images, sequences, ids or rows, mostly with odd shapes. The same
 * seed gives the same network.
 */
export function drawNetwork(seed: number): Network {
  const draw = new Draw(seed, 77);
  const batch = draw.pick([1, 2, 3, 4, 5, 8]);
  const { input, first, kinds } = drawInput(draw, batch);
  const layers = first === null ? [] : [first];
  let shape = first?.shape ?? input.shape;
  const append = (kinds: readonly Kind[], count: number): void => {
    for (let i = 0; i < count; i++) {
      const layer = draw.pick(kinds)(shape, draw);
      if (layer === null) continue;
      layers.push(layer);
      shape = layer.shape;
    }
  };
  append(kinds, draw.integer(1, 4));
  const rows = toRows(shape, draw);
  if (rows !== null) layers.push(rows);
  shape = rows?.shape ?? shape;
  append(rowKinds, draw.integer(0, 3));
  const out = draw.integer(2, 6);
  layers.push({ ...dense(draw, shape[1]!, out), shape: [batch, out] });

  const { name, loss } = drawLoss(draw, batch, out);
  const optimizer = draw.pick(Object.keys(OPTIMIZERS));
  return {
    title: `[${input.shape}] → ${layers.map(({ title }) => title).join(' → ')}; ${name}; ${optimizer}`,
    weights: layers.flatMap(({ weights }) => weights),
    loss: (weights) => {
      const rest = [...weights];
      const output = layers.reduce(
        (x, layer) => layer.apply(x, rest.splice(0, layer.weights.length)),
        tensorOf(input),
      );
      return loss(output);
    },
    optimizer: OPTIMIZERS[optimizer]!,
    isScaled: !['sgd', 'momentum', 'Nesterov'].includes(optimizer),
  };
}

interface Input {
  readonly input: Values;
  readonly first: Layer | null;
  readonly kinds: readonly Kind[];
}

function drawInput(draw: Draw, batch: number): Input {
  const floats = (...shape: number[]): Values => draw.tensor([batch, ...shape], 'float32', -1.5, 1.5);
  switch (draw.pick(['image', 'image', 'sequence', 'ids', 'rows'] as const)) {
    case 'image': {
      const input = floats(draw.integer(2, 9), draw.integer(2, 9), draw.integer(1, 6));
      return { input, first: null, kinds: imageKinds };
    }
    case 'sequence':
      return { input: floats(draw.integer(2, 6), draw.integer(1, 6)), first: null, kinds: sequenceKinds };
    case 'ids': {
      const [words, width, time] = [draw.integer(2, 9), draw.integer(1, 6), draw.integer(2, 6)];
      const first: Layer = {
        title: `embedding ${words}, ${width}`,
        weights: [draw.tensor([words, width], 'float32', -1, 1)],
        shape: [batch, time, width],
        apply: (ids, [table]) => gather(table!, ids as Tensor1D),
      };
      return { input: draw.ids([batch, time], 0, words), first, kinds: sequenceKinds };
    }
    default:
      return { input: floats(draw.length()), first: null, kinds: rowKinds };
  }
}

/** From images or sequences to one row per sample. */
function toRows(shape: readonly number[], draw: Draw): Layer | null {
  if (shape.length === 2) return null;
  const [batch, channels] = [shape[0]!, shape.at(-1)!];
  const between = [...shape.keys()].slice(1, -1);
  const columns = shape.slice(1).reduce((product, length) => product * length, 1);
  const last = (x: Tensor): Tensor => slice(x, [0, shape[1]! - 1], [batch, 1]);
  return draw.pick<Layer>([
    { title: 'flat', weights: [], shape: [batch, columns], apply: (x) => reshape(x, [batch, columns]) },
    { title: 'mean', weights: [], shape: [batch, channels], apply: (x) => mean(x, between) },
    { title: 'maximum', weights: [], shape: [batch, channels], apply: (x) => max(x, between) },
    {
      title: 'last',
      weights: [],
      shape: [batch, columns / shape[1]!],
      apply: (x) => reshape(last(x), [batch, columns / shape[1]!]),
    },
  ]);
}

function drawLoss(draw: Draw, batch: number, out: number) {
  const target = draw.tensor([batch, out], 'float32', -1, 1);
  const labels = draw.ids([batch], 0, out);
  const targets = (): Tensor => tensorOf(target);
  const all: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    'mean square': (x) => losses.meanSquaredError(targets(), x),
    Huber: (x) => losses.huberLoss(targets(), x),
    'cross-entropy': (x) => {
      const picked = oneHot(tensorOf(labels) as Tensor1D, out);
      return neg(mean(sum(mul(logSoftmax(x), picked), 1)));
    },
  };
  const name = draw.pick(Object.keys(all));
  return { name, loss: (x: Tensor): Scalar => all[name]!(x) as Scalar };
}

/**
 * Trains a network on the current backend without reading anything back. The results are the losses before
 * each step and the final weights.
 */
export function trainNetwork(network: Network, steps: number): Tensor[] {
  return tidy(() => {
    const optimizer = network.optimizer();
    const variables = network.weights.map((values) => variable(tensorOf(values)));
    try {
      const losses = Array.from({ length: steps }, () =>
        optimizer.minimize(() => network.loss(variables), true, variables),
      );
      return [stack(losses as Tensor[]), ...variables.map((variable) => clone(variable))];
    } finally {
      dispose(variables);
      optimizer.dispose();
      // The `dispose` of momentum forgets the learning rate.
      dispose((optimizer as { readonly c?: Tensor }).c ?? []);
    }
  });
}
