import { pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';

/** A tensor as [before, axis, after]. All operations act along `axis`. */
function split(x: Tensor, axis: number): [number, number, number] {
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  return [size(x.shape.slice(0, axis)), x.shape[axis]!, size(x.shape.slice(axis + 1))];
}

/** The shape of the tensor with another length along the axis. */
function withLength({ shape }: Tensor, axis: number, length: number): number[] {
  return shape.map((own, i) => (i === axis ? length : own));
}

/** `length` elements along the axis, starting at `first`. Elements outside of the tensor are zeros. */
export function window(x: Tensor, axis: number, first: number, length: number): Tensor {
  const [before, own, after] = split(x, axis);
  const from = Math.max(0, first);
  const to = Math.max(from, Math.min(own, first + length));
  const part = slice(reshape(x, [before, own, after]), [0, from, 0], [before, to - from, after]);
  const lead = Math.min(length, from - first);
  const padded = pad(part, [
    [0, 0],
    [lead, length - lead - (to - from)],
    [0, 0],
  ]);
  return reshape(padded, withLength(x, axis, length));
}

/** Inserts `times − 1` zeros after each element along the axis. */
export function spread(x: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return x;
  const [before, own, after] = split(x, axis);
  const padded = pad(reshape(x, [before * own, after]), [
    [0, 0],
    [0, (times - 1) * after],
  ]);
  return reshape(padded, withLength(x, axis, own * times));
}
