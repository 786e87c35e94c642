import {
  BatchMatMul,
  cast,
  greater,
  greaterEqual,
  less,
  lessEqual,
  Maximum,
  Minimum,
  matMul,
  mul,
  SquaredDifference,
  sub,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradient, summedTo } from './gradient.ts';

/**
 * If two tensors are broadcast, the stock gradients have the shape of the result. TensorFlow.js refuses such
 * a gradient, or, if another gradient is added to it, computes a wrong one in silence.
 */
export const broadcast: Readonly<Record<string, Gradient>> = {
  [Maximum]: gradient(Maximum, ['a', 'b'], (dy, [a, b]) => ({
    a: () => summedTo(a!.shape, mul(dy, cast(greaterEqual(a!, b!), 'float32'))),
    b: () => summedTo(b!.shape, mul(dy, cast(less(a!, b!), 'float32'))),
  })),
  [Minimum]: gradient(Minimum, ['a', 'b'], (dy, [a, b]) => ({
    a: () => summedTo(a!.shape, mul(dy, cast(lessEqual(a!, b!), 'float32'))),
    b: () => summedTo(b!.shape, mul(dy, cast(greater(a!, b!), 'float32'))),
  })),
  [SquaredDifference]: gradient(SquaredDifference, ['a', 'b'], (dy, [a, b]) => ({
    a: () => summedTo(a!.shape, mul(dy, mul(2, sub(a!, b!)))),
    b: () => summedTo(b!.shape, mul(dy, mul(2, sub(b!, a!)))),
  })),
  [BatchMatMul]: gradient<{ readonly transposeA: boolean; readonly transposeB: boolean }>(
    BatchMatMul,
    ['a', 'b'],
    (dy, [a, b], { transposeA, transposeB }) => ({
      a: () =>
        summedTo(
          a!.shape,
          transposeA ? matMul(b!, dy, transposeB, true) : matMul(dy, b!, false, !transposeB),
        ),
      b: () =>
        summedTo(
          b!.shape,
          transposeB ? matMul(dy, a!, true, transposeA) : matMul(a!, dy, !transposeA, false),
        ),
    }),
  ),
};
