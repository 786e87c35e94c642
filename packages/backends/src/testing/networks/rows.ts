import {
  add,
  batchNorm,
  div,
  dropout,
  einsum,
  matMul,
  max,
  moments,
  mul,
  prelu,
  reshape,
  sigmoid,
  softmax,
  sqrt,
  sub,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { ACTIVATIONS, dense, type Kind, type Layer, weightsOf } from './layer.ts';

/** Normalizes the batch, with a scale, an offset, both or neither. */
export const batchNormalization: Kind = (shape, draw) => {
  const channels = [shape.at(-1)!];
  const [hasOffset, hasScale] = [draw.chance(), draw.chance()];
  const offset = hasOffset ? [draw.tensor(channels, 'float32', -0.5, 0.5)] : [];
  const scale = hasScale ? [draw.tensor(channels, 'float32', 0.5, 1.5)] : [];
  return {
    title: `batch normalization${hasOffset ? ', offset' : ''}${hasScale ? ', scale' : ''}`,
    weights: [...offset, ...scale],
    shape,
    apply: (x, weights) => {
      const { mean, variance } = moments(x, [...shape.keys()].slice(0, -1));
      const offset = (hasOffset ? weights[0] : undefined) as Tensor1D | undefined;
      const scale = (hasScale ? weights.at(-1) : undefined) as Tensor1D | undefined;
      return batchNorm(x, mean as Tensor1D, variance as Tensor1D, offset, scale, 0.1);
    },
  };
};

export const layerNormalization: Kind = (shape, draw) => ({
  title: 'layer normalization',
  weights: [
    draw.tensor([shape.at(-1)!], 'float32', 0.5, 1.5),
    draw.tensor([shape.at(-1)!], 'float32', -1, 1),
  ],
  shape,
  apply: (x, [gain, offset]) => {
    const { mean, variance } = moments(x, -1, true);
    return add(mul(div(sub(x, mean), sqrt(add(variance, 0.1))), gain!), offset!);
  },
});

export const activation: Kind = (shape, draw) => {
  const name = draw.pick(Object.keys(ACTIVATIONS));
  return { title: name, weights: [], shape, apply: ACTIVATIONS[name]! };
};

export const slopes: Kind = (shape, draw) => ({
  title: 'PReLU',
  weights: [draw.tensor(shape.slice(draw.integer(1, shape.length)), 'float32', -0.5, 0.5)],
  shape,
  apply: (x, [slopes]) => prelu(x, slopes!),
});

export const dropping: Kind = (shape, draw) => {
  const seed = draw.integer(1, 1000);
  return { title: 'dropout', weights: [], shape, apply: (x) => dropout(x, 0.25, undefined, seed) };
};

const product: Kind = ([batch, columns], draw) => {
  const out = draw.length();
  return { ...dense(draw, columns!, out), shape: [batch!, out] };
};

/** A product, a sum and an activation, each as a separate kernel. */
const plain: Kind = ([batch, columns], draw) => {
  const out = draw.length();
  const name = draw.pick(Object.keys(ACTIVATIONS));
  return {
    title: `product ${out} ${name}`,
    weights: [weightsOf(draw, [columns!, out], columns!), draw.tensor([out], 'float32', -0.5, 0.5)],
    shape: [batch!, out],
    apply: (x, [w, b]) => ACTIVATIONS[name]!(add(matMul(x, w!), b!)),
  };
};

const maxout: Kind = ([batch, columns], draw) => {
  const [out, pieces] = [draw.integer(1, 6), draw.integer(2, 4)];
  return {
    title: `maxout ${out} of ${pieces}`,
    weights: [weightsOf(draw, [columns!, out * pieces], columns!)],
    shape: [batch!, out],
    apply: (x, [w]) => max(reshape(matMul(x, w!), [batch!, out, pieces]), 2),
  };
};

const gated: Kind = ([batch, columns], draw) => {
  const gate = draw.pick([sigmoid, (x: Tensor) => softmax(x)]);
  return {
    title: 'gate',
    weights: [weightsOf(draw, [columns!, columns!], columns!)],
    shape: [batch!, columns!],
    apply: (x, [w]) => mul(x, gate(einsum('bi,ij->bj', x, w!))),
  };
};

const residual: Kind = ([batch, columns], draw): Layer => {
  const inner = dense(draw, columns!, columns!);
  return {
    ...inner,
    title: `residual ${inner.title}`,
    shape: [batch!, columns!],
    apply: (x, weights) => add(x, inner.apply(x, weights)),
  };
};

/** Layers for inputs of shape [batch, columns]. */
export const rowKinds: readonly Kind[] = [
  product,
  product,
  plain,
  plain,
  maxout,
  gated,
  residual,
  batchNormalization,
  layerNormalization,
  activation,
  slopes,
  dropping,
];
