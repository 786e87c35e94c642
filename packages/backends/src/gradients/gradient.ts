import {
  broadcast_util,
  engine,
  type GradConfig,
  getGradient,
  grads,
  registerGradient,
  reshape,
  sum,
  type Tensor,
  unregisterGradient,
  util,
} from '@tensorflow/tfjs-core';

/** By the name of the input. */
export type Slopes = Record<string, () => Tensor>;

/** A gradient that TensorFlow.js lacks, or has but wrong. */
export type Gradient = (stock: GradConfig | undefined) => GradConfig;

/** Gives a gradient its types: TensorFlow.js's registry knows only maps of names. */
export function gradient<Attributes>(
  kernelName: string,
  inputsToSave: string[],
  derive: (dy: Tensor, saved: Tensor[], attrs: Attributes) => Slopes,
): Gradient {
  return () => ({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attrs) => derive(dy as Tensor, saved, attrs as Attributes),
  });
}

/** Puts gradients in the place of TensorFlow.js's own, on all backends. */
export function register(kernelName: string, create: Gradient): void {
  const stock = getGradient(kernelName);
  if (stock !== undefined && stock !== null) unregisterGradient(kernelName);
  registerGradient(create(stock ?? undefined));
}

/** The gradient of broadcasting: summed over the axes along which a tensor of this shape was repeated. */
export function summedTo(shape: readonly number[], dy: Tensor): Tensor {
  if (util.arraysEqual([...shape], dy.shape)) return dy;
  const axes = broadcast_util.getReductionAxes([...shape], dy.shape);
  return reshape(axes.length > 0 ? sum(dy, axes) : dy, [...shape]);
}

/** The slopes of a function made of others, within a gradient: TensorFlow.js forgets the tape of the outer one there. */
export function slopesOf(compute: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], dy: Tensor): Tensor[] {
  const { state } = engine();
  const tape = state.activeTape;
  try {
    return grads(compute)(inputs, dy);
  } finally {
    state.activeTape = tape;
  }
}
