import {
  add,
  basicLSTMCell,
  concat,
  conv1d,
  matMul,
  mul,
  reverse,
  scalar,
  sigmoid,
  softmax,
  split,
  stack,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tanh,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import { type Kind, weightsOf } from './layer.ts';
import { activation, batchNormalization, dropping, layerNormalization, slopes } from './rows.ts';

const convolution: Kind = ([batch, time, channels], draw) => {
  const filter = draw.integer(1, Math.min(4, time! + 1));
  const [out, stride] = [draw.integer(1, 9), draw.integer(1, 3)];
  return {
    title: `conv1d ${filter}, ${out}`,
    weights: [weightsOf(draw, [filter, channels!, out], filter * channels!)],
    shape: [batch!, Math.ceil(time! / stride), out],
    apply: (x, [w]) => conv1d(x as Tensor3D, w as Tensor3D, stride, 'same'),
  };
};

const lstm: Kind = ([batch, time, channels], draw) => {
  const cells = draw.integer(1, 6);
  const columns = channels! + cells;
  return {
    title: `LSTM ${cells}`,
    weights: [weightsOf(draw, [columns, 4 * cells], columns), draw.tensor([4 * cells], 'float32', -0.5, 0.5)],
    shape: [batch!, time!, cells],
    apply: (x, [kernel, bias]) => {
      let [c, h]: Tensor2D[] = [zeros([batch!, cells]), zeros([batch!, cells])];
      const outputs = unstack(x, 1).map((input) => {
        const [kernels, biases] = [kernel as Tensor2D, bias as Tensor1D];
        [c, h] = basicLSTMCell(scalar(1), kernels, biases, input as Tensor2D, c!, h!);
        return h;
      });
      return stack(outputs, 1);
    },
  };
};

const gru: Kind = ([batch, time, channels], draw) => {
  const cells = draw.integer(1, 6);
  const columns = channels! + cells;
  return {
    title: `GRU ${cells}`,
    weights: [weightsOf(draw, [columns, 2 * cells], columns), weightsOf(draw, [columns, cells], columns)],
    shape: [batch!, time!, cells],
    apply: (x, [gates, candidate]) => {
      let h: Tensor = zeros([batch!, cells]);
      const outputs = unstack(x, 1).map((input) => {
        const [z, r] = split(sigmoid(matMul(concat([input, h], 1), gates!)), 2, 1) as [Tensor, Tensor];
        const next = tanh(matMul(concat([input, mul(r, h)], 1), candidate!));
        h = add(mul(z, h), mul(sub(1, z), next));
        return h;
      });
      return stack(outputs, 1);
    },
  };
};

const attention: Kind = ([batch, time, channels], draw) => {
  const inner = draw.integer(1, 6);
  const projection = weightsOf(draw, [1, channels!, 3 * inner], channels!);
  return {
    title: `attention ${inner}`,
    weights: [projection],
    shape: [batch!, time!, inner],
    apply: (x, [w]) => {
      const projected = conv1d(x as Tensor3D, w as Tensor3D, 1, 'valid');
      const [q, k, v] = split(projected, 3, 2) as [Tensor, Tensor, Tensor];
      return matMul(softmax(mul(matMul(q, k, false, true), inner ** -0.5)), v);
    },
  };
};

const positions: Kind = (shape, draw) => ({
  title: 'positions',
  weights: [draw.tensor(shape.slice(1), 'float32', -0.5, 0.5)],
  shape,
  apply: (x, [table]) => add(x, table!),
});

const bothWays: Kind = ([batch, time, channels]) => ({
  title: 'both ways',
  weights: [],
  shape: [batch!, time!, 2 * channels!],
  apply: (x) => concat([x, reverse(x, 1)], 2),
});

/** Layers for inputs of shape [batch, time, channels]. */
export const sequenceKinds: readonly Kind[] = [
  convolution,
  lstm,
  gru,
  attention,
  positions,
  bothWays,
  activation,
  batchNormalization,
  dropping,
  layerNormalization,
  slopes,
];
