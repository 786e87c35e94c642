import * as tf from '@tensorflow/tfjs-core';
import type { Kernel, Kernels, Type } from './draw.ts';

type Reduction = (x: tf.Tensor, axes?: number[], keepDims?: boolean) => tf.Tensor;

function over(reduce: Reduction, types?: readonly Type[]): Kernel {
  return (draw) => {
    const shape = draw.shape(0, 6);
    const axes = draw.chance(0.8) && shape.length > 0 ? draw.axes(shape.length) : undefined;
    const keepDims = draw.chance();
    return {
      inputs: [draw.tensor(shape, draw.type(types))],
      compute: (x) => reduce(x!, axes, keepDims),
      options: { axes, keepDims },
    };
  };
}

function arg(find: (x: tf.Tensor, axis: number) => tf.Tensor): Kernel {
  return (draw) => {
    const shape = draw.shape(1, 5);
    const axis = draw.axis(shape.length);
    const input = draw.chance(0.7) ? draw.distinct(shape) : draw.tensor(shape, draw.type());
    return { inputs: [input], compute: (x) => find(x!, axis), options: { axis } };
  };
}

type Scan = (x: tf.Tensor, axis: number, exclusive: boolean, reverse: boolean) => tf.Tensor;

function scan(compute: Scan): Kernel {
  return (draw) => {
    const shape = draw.shape(1, 5);
    const options = [draw.axis(shape.length), draw.chance(), draw.chance()] as const;
    return {
      inputs: [draw.tensor(shape, draw.type(['float32', 'float32', 'int32']), -1.5, 1.5)],
      compute: (x) => compute(x!, ...options),
      options,
    };
  };
}

export const reductions: Kernels = {
  Sum: over(tf.sum),
  Mean: over(tf.mean),
  Max: over(tf.max),
  Min: over(tf.min),
  Prod: over(tf.prod),
  All: over(tf.all, ['bool']),
  Any: over(tf.any, ['bool']),
  ArgMax: arg(tf.argMax),
  ArgMin: arg(tf.argMin),
  Cumsum: scan(tf.cumsum),
  Cumprod: scan(tf.cumprod),
  Softmax: (draw) => ({ inputs: [draw.tensor(draw.shape(1, 6))], compute: (x) => tf.softmax(x!) }),
  LogSoftmax: (draw) => ({ inputs: [draw.tensor(draw.shape(1, 6))], compute: (x) => tf.logSoftmax(x!) }),
  LogSumExp: over(tf.logSumExp, ['float32']),
  Moments: over((x, axes, keepDims) => tf.moments(x, axes, keepDims).variance, ['float32', 'int32']),
  Norm: over((x, axes, keepDims) => tf.norm(x, 'euclidean', axes?.slice(0, 2), keepDims), ['float32']),
  TopK: (draw) => {
    const shape = draw.shape(1, 3).map((length) => Math.max(1, length));
    const k = draw.integer(1, shape.at(-1)! + 1);
    const compute = (x: tf.Tensor): tf.Tensor[] => {
      const { values, indices } = tf.topk(x, k);
      return [values, indices];
    };
    const x = draw.distinct(shape);
    return {
      inputs: [draw.chance() ? x : { ...x, dtype: 'int32', values: x.values.map((v) => (4 * v) | 0) }],
      compute: (x) => compute(x!),
      options: { k },
    };
  },
  UnsortedSegmentSum: (draw) => {
    const shape = draw.shape(1, 4);
    const segments = draw.integer(1, 6);
    const inputs = [draw.tensor(shape, draw.type(['float32', 'int32'])), draw.ids([shape[0]!], 0, segments)];
    return {
      inputs,
      compute: (x, ids) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, segments),
      options: { segments },
    };
  },
  Bincount: (draw) => {
    const size = draw.integer(1, 8);
    const ids = draw.ids([draw.length()], 0, size);
    const weights = draw.tensor(draw.chance() ? ids.shape : [0]);
    return {
      inputs: [ids, weights],
      compute: (ids, weights) => tf.bincount(ids as tf.Tensor1D, weights as tf.Tensor1D, size),
      options: { size },
    };
  },
  DenseBincount: (draw) => {
    const size = draw.integer(1, 8);
    const shape = draw.chance() ? [draw.length()] : [draw.length(), draw.length()];
    const ids = draw.ids(shape, 0, size);
    const weights = draw.tensor(draw.chance() ? shape : [0]);
    const binary = draw.chance();
    return {
      inputs: [ids, weights],
      compute: (ids, weights) => tf.denseBincount(ids as tf.Tensor1D, weights as tf.Tensor1D, size, binary),
      options: { size, binary },
    };
  },
};
