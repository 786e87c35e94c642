import {
  add,
  elu,
  erf,
  fused,
  leakyRelu,
  mul,
  relu,
  relu6,
  selu,
  sigmoid,
  softplus,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core';
import type { Draw } from '../kernels/draw.ts';
import type { Values } from '../values.ts';

/** A layer for inputs of one shape: its weights, its function, and the shape of its output. */
export interface Layer {
  readonly title: string;
  readonly weights: readonly Values[];
  readonly shape: readonly number[];
  readonly apply: (x: Tensor, weights: readonly Tensor[]) => Tensor;
}

/** Draws a layer of one kind. Null if inputs of this shape are too small for it. */
export type Kind = (shape: readonly number[], draw: Draw) => Layer | null;

type Activation = (x: Tensor) => Tensor;

export const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (x) => x,
  relu,
  relu6,
  elu,
  selu,
  sigmoid,
  tanh,
  softplus,
  leakyRelu: (x) => leakyRelu(x, 0.3),
  swish: (x) => mul(x, sigmoid(x)),
  gelu: (x) => mul(mul(x, 0.5), add(1, erf(mul(x, Math.SQRT1_2)))),
};

/** The activations that can be fused with products and convolutions. */
export const FUSED = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

/** Weights whose products with inputs of about 1 are about 1 too. */
export function weightsOf(draw: Draw, shape: readonly number[], incoming: number): Values {
  const most = Math.sqrt(2 / incoming);
  return draw.tensor(shape, 'float32', -most, most);
}

/** All ways to write the same layer: one fused kernel, or a product, a sum and an activation. */
export function dense(draw: Draw, columns: number, out: number): Pick<Layer, 'title' | 'weights' | 'apply'> {
  const weights = [weightsOf(draw, [columns, out], columns), draw.tensor([out], 'float32', -0.5, 0.5)];
  const activation = draw.pick(FUSED);
  return {
    title: `dense ${out} ${activation}`,
    weights,
    apply: (a, [b, bias]) =>
      fused.matMul({
        a: a as Tensor,
        b: b!,
        bias: bias!,
        activation: activation as 'linear',
        leakyreluAlpha: 0.3,
      }),
  };
}
