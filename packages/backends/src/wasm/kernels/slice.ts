import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Slice, slice_util, type TensorInfo, Unpack, util } from '@tensorflow/tfjs-core';
import { type Correction, correction, viewed } from '../kernel.ts';
import { addressOf } from '../modules/heap.ts';
import { copyStrided, stepsOf } from '../strided.ts';

/** The stock kernels copy their whole input before they read a part of it. */
export const slice: Correction = correction<
  { x: TensorInfo },
  { begin: number | number[]; size: number | number[] }
>(Slice, (stock) => (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  if (!isCopied(x)) return stock(call);
  const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [
    number[],
    number[],
  ];
  return part(x, begin, size, backend);
});

/** One part per element of the axis. */
export const unpack: Correction = correction<{ value: TensorInfo }, { axis: number }, TensorInfo[]>(
  Unpack,
  (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    const { value } = inputs;
    if (!isCopied(value)) return stock(call);
    const axis = util.parseAxisParam(attrs.axis, value.shape)[0]!;
    const rest = value.shape.filter((_, i) => i !== axis);
    return Array.from({ length: value.shape[axis]! }, (_, index) => {
      const begin = value.shape.map((_, i) => (i === axis ? index : 0));
      const size = value.shape.map((length, i) => (i === axis ? 1 : length));
      return viewed(part(value, begin, size, backend), rest);
    });
  },
);

function isCopied({ dtype }: TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32';
}

function part(
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
  backend: BackendWasm,
): TensorInfo {
  const output = backend.makeOutput([...size], x.dtype);
  if (util.sizeFromShape(output.shape) === 0) return output;
  const from = stepsOf(x.shape);
  const to = stepsOf(size);
  const first = begin.reduce((sum, index, axis) => sum + index * from[axis]!, 0);
  copyStrided(
    addressOf(backend, x) + 4 * first,
    addressOf(backend, output),
    size.map((length, axis) => ({ size: length, from: from[axis]!, to: to[axis]! })),
    backend,
  );
  return output;
}
