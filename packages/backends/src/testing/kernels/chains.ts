import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../values.ts';
import type { Kernel, Kernels } from './draw.ts';
import { kernels } from './index.ts';

/**
 * Pairs of steps that together change nothing, the first on the host and the second on the backend. So a
 * kernel reads the output of another kernel, including whatever that left beside the elements, instead of an
 * upload.
 */
interface Detour {
  readonly host: (x: Values) => Values;
  readonly device: (x: tf.Tensor) => tf.Tensor;
}

const same = (x: Values): Values => x;

function values(change: (value: number) => number): (x: Values) => Values {
  return (x) => ({ ...x, values: x.values.map((value) => Math.fround(change(value))) });
}

/** For floats. Steps of a power of two are exact. */
const detours: Readonly<Record<string, Detour>> = {
  'add 1': { host: values((x) => x - 1), device: (x) => tf.add(x, 1) },
  'subtract from 2': { host: values((x) => 2 - x), device: (x) => tf.sub(2, x) },
  'divide by 4': { host: values((x) => 4 * x), device: (x) => tf.div(x, 4) },
  'log of exp': { host: values(Math.exp), device: (x) => tf.log(x) },
  negate: { host: values((x) => -x), device: (x) => tf.neg(x) },
  'clip far away': { host: same, device: (x) => tf.clipByValue(x, -1e9, 1e9) },
  'maximum with little': { host: same, device: (x) => tf.maximum(x, -1e9) },
  'leave alone with where': { host: same, device: (x) => tf.where(tf.greater(x, -1e9), x, tf.neg(x)) },
  'cut out of more': {
    host: same,
    device: (x) =>
      tf.slice(
        tf.pad(x, x.shape.map(() => [1, 1]) as [number, number][], 7),
        x.shape.map(() => 1),
        x.shape,
      ),
  },
  'part of a row': {
    host: same,
    device: (x) =>
      tf.reshape(tf.split(tf.concat([tf.reshape(x, [-1]), tf.ones([1])]), [x.size, 1])[0]!, x.shape),
  },
  'one of a stack': {
    host: same,
    device: (x) => (x.rank > 5 ? tf.sub(x, 0) : tf.unstack(tf.stack([tf.exp(x), x]))[1]!),
  },
  'transpose twice': { host: same, device: (x) => tf.transpose(tf.transpose(tf.sub(x, 0))) },
  'reverse twice': { host: same, device: (x) => tf.reverse(tf.reverse(x)) },
  'product with one': {
    host: same,
    device: (x) => tf.reshape(tf.matMul(tf.reshape(x, [-1, 1]), tf.ones([1, 1])), x.shape),
  },
  'gather all': {
    host: same,
    device: (x) => (x.rank === 0 ? tf.clone(x) : tf.gather(x, tf.range(0, x.shape[0]!, 1, 'int32'))),
  },
};

type Reader = (y: tf.Tensor) => tf.Tensor;

/**
 * Operations on a result, for those numbers of axes that they allow. A product of rows with themselves is
 * largest on its diagonal, so nothing cancels.
 */
const readers: Readonly<Record<string, Reader>> = {
  'products of rows': (y) => {
    const x = rows(y);
    const isLong = x.shape[0] > x.shape[1];
    return tf.matMul(x, x, isLong, !isLong);
  },
  'batches of products': (y) =>
    y.rank < 3 || y.shape.at(-2)! > 99 ? tf.square(y) : tf.matMul(y, y, false, true),
  'sums along an axis': (y) => tf.sum(y, y.rank > 0 ? -1 : undefined),
  'sums along the first axis': (y) => tf.sum(y, y.rank > 0 ? 0 : undefined),
  mean: (y) => tf.mean(y),
  maximum: (y) => tf.max(y),
  products: (y) => tf.prod(tf.add(1, tf.mul(tf.tanh(y), 0.01)), y.rank > 0 ? -1 : undefined),
  softmax: (y) => (y.rank === 0 ? tf.exp(tf.neg(tf.abs(y))) : tf.softmax(y)),
  'running sum': (y) => (y.rank === 0 ? tf.clone(y) : tf.cumsum(tf.abs(y), -1)),
  'twice beside itself': (y) =>
    y.rank === 0 ? tf.clone(y) : tf.concat([y, tf.exp(tf.neg(tf.abs(y))), y], -1),
  'another shape': (y) => tf.sum(tf.abs(tf.reshape(y, [-1, 1])), 1),
  '1x1 convolution': (y) => tf.conv2d(picture(y), tf.ones([1, 1, picture(y).shape[3], 3]), 1, 'valid'),
  'transposed convolution': (y) => {
    const x = picture(y);
    const [batch, height, width, channels] = x.shape;
    return tf.conv2dTranspose(x, tf.ones([2, 2, 3, channels]), [batch, 2 * height, 2 * width, 3], 2, 'same');
  },
  'window of two': (y) => tf.avgPool(picture(y), 2, 1, 'same'),
};

function rows(y: tf.Tensor): tf.Tensor2D {
  return tf.reshape(y, [y.size / (y.shape.at(-1) || 1), y.shape.at(-1) ?? 1]) as tf.Tensor2D;
}

/** The last axis as channels, the one before as width. */
function picture(y: tf.Tensor): tf.Tensor4D {
  const [height = 1, width = 1, channels = 1] = [y.shape.at(-3), y.shape.at(-2), y.shape.at(-1)];
  return tf.reshape(tf.abs(y), [
    y.size / (height * width * channels),
    height,
    width,
    channels,
  ]) as tf.Tensor4D;
}

/** A computation whose inputs come from other kernels, and whose results go to one more. */
function chained(kernel: Kernel): Kernel {
  return (draw) => {
    const drawn = kernel(draw);
    const names = drawn.inputs.map(({ values }) => {
      const name = draw.pick(Object.keys(detours));
      // Far from zero, exp makes different values equal.
      return name === 'log of exp' && values.some((value) => Math.abs(value) > 20) ? 'negate' : name;
    });
    // For whole numbers some functions give NaN, which the average on wasm treats as −∞.
    const isReal = drawn.inputs.every(({ dtype }) => dtype === 'float32');
    const reader = draw.pick(Object.keys(readers).filter((name) => isReal || name !== 'window of two'));
    const isDetour = ({ dtype, values }: Values): boolean => dtype === 'float32' && values.length > 0;
    return {
      inputs: drawn.inputs.map((x, i) => (isDetour(x) ? detours[names[i]!]!.host(x) : x)),
      compute: (...inputs) => {
        const reached = inputs.map((x, i) =>
          isDetour(drawn.inputs[i]!) ? detours[names[i]!]!.device(x) : x,
        );
        const outputs = [drawn.compute(...reached)].flat();
        return outputs.map((y) => (y.size === 0 ? y : readers[reader]!(tf.cast(y, 'float32'))));
      },
      options: { names, of: drawn.options, reader },
    };
  };
}

/** Each kernel between two others. */
export const chains: Kernels = Object.fromEntries(
  Object.entries(kernels).map(([name, kernel]) => [name, chained(kernel)]),
);
