import {
  add,
  Cumprod,
  Cumsum,
  cast,
  cumprod,
  cumsum,
  expandDims,
  eye,
  greater,
  greaterEqual,
  mul,
  range,
  sub,
  sum,
  type Tensor,
  tile,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradient } from './gradient.ts';

interface Attributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * The gradient of a cumulative sum is a cumulative sum in the other direction. If the axis is not the last
 * one, the stock gradient transposes it as if it had been transposed before. A cumulative product has no
 * stock gradient.
 */
export const scans: Readonly<Record<string, Gradient>> = {
  [Cumsum]: gradient<Attributes>(Cumsum, ['x'], (dy, [x], { axis, exclusive, reverse }) => ({
    x: () => cumsum(dy, util.parseAxisParam(axis, x!.shape)[0], exclusive, !reverse),
  })),
  [Cumprod]: gradient<Attributes>(Cumprod, ['x'], (dy, [x], attrs) => ({
    x: () => productGradient(dy, x!, attrs),
  })),
};

/**
 * The derivative of the product up to position j by its factor i is the same product with a 1 at i, if i is
 * among its factors. So zeros do no harm. The memory grows with the square of the length.
 */
function productGradient(dy: Tensor, x: Tensor, { axis, exclusive, reverse }: Attributes): Tensor {
  const [place] = util.parseAxisParam(axis, x.shape) as [number];
  const last = x.rank - 1;
  const order = [...x.shape.keys()].filter((i) => i !== place).concat(place);
  const back = order.map((_, i) => order.indexOf(i));
  const length = x.shape[place]!;
  const rows = (tensor: Tensor): Tensor => expandDims(transpose(tensor, order), last);
  const identity = eye(length);
  const repeated = tile(rows(x), [...Array(last).fill(1), length, 1]);
  const ones = add(mul(repeated, sub(1, identity)), identity);
  const products = cumprod(ones, x.rank, exclusive, reverse);
  const places = range(0, length);
  const [factor, product] = [expandDims(places, 1), expandDims(places, 0)];
  const [later, earlier] = reverse ? [factor, product] : [product, factor];
  const among = cast(exclusive ? greater(later, earlier) : greaterEqual(later, earlier), 'float32');
  return transpose(sum(mul(mul(products, among), rows(dy)), -1), back);
}
