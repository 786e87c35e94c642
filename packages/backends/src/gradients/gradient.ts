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

/** One gradient per input, by the input's name. */
export type InputGradients = Record<string, () => Tensor>;

/** A gradient that TensorFlow.js lacks or computes wrongly. */
export type Gradient = (stock: GradConfig | undefined) => GradConfig;

/** Gives a gradient its types. The registry of TensorFlow.js only knows maps of names. */
export function gradient<Attributes>(
  kernelName: string,
  inputsToSave: string[],
  derive: (dy: Tensor, saved: Tensor[], attrs: Attributes) => InputGradients,
): Gradient {
  return () => ({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attrs) => derive(dy as Tensor, saved, attrs as Attributes),
  });
}

/** Replaces gradients of TensorFlow.js, on all backends. */
export function register(kernelName: string, create: Gradient): void {
  const stock = getGradient(kernelName);
  if (stock !== undefined && stock !== null) unregisterGradient(kernelName);
  registerGradient(create(stock ?? undefined));
}

/** The gradient of broadcasting: the sum over the axes along which a tensor of this shape was repeated. */
export function summedTo(shape: readonly number[], dy: Tensor): Tensor {
  if (util.arraysEqual([...shape], dy.shape)) return dy;
  const axes = broadcast_util.getReductionAxes([...shape], dy.shape);
  return reshape(axes.length > 0 ? sum(dy, axes) : dy, [...shape]);
}

/**
 * Differentiates a function made of other operations, inside of a gradient. TensorFlow.js would lose the tape
 * of the outer gradient there.
 */
export function gradientsWithin(
  compute: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  dy: Tensor,
): Tensor[] {
  const { state } = engine();
  const tape = state.activeTape;
  try {
    return grads(compute)(inputs, dy);
  } finally {
    state.activeTape = tape;
  }
}
