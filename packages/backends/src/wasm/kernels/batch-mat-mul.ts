import { BatchMatMul, broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Correction, correction, floatsOf } from '../kernel.ts';
import { addressOf } from '../modules/heap.ts';
import { multiply, packed, transposed } from '../multiply.ts';

interface Inputs {
  /** [..., rows, inner], or with `transposeA` [..., inner, rows] */
  readonly a: TensorInfo;
  /** [..., inner, columns], or with `transposeB` [..., columns, inner] */
  readonly b: TensorInfo;
}

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * The stock kernel takes twice as long. If an operand is transposed, as in both products of a dense layer's
 * backward pass, it takes 10 to 13 times as long again. It also keeps the packed right operand of the first
 * product, and uses that again if the same data come with another shape.
 */
export const batchMatMul: Correction = correction<Inputs, Attributes>(BatchMatMul, (stock) => (call) => {
  const { inputs, attrs, backend } = call;
  const { a, b } = inputs;
  const [rows, inner] = sizesOf(a, attrs.transposeA);
  const [innerOfB, columns] = sizesOf(b, attrs.transposeB);
  // If the shapes do not fit, the stock kernel throws an error that says so.
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || inner !== innerOfB) return stock(call);

  const batchOfA = a.shape.slice(0, -2);
  const batchOfB = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchOfA, batchOfB);
  const output = backend.makeOutput([...batch, rows, columns], 'float32');
  if (inner === 0) floatsOf(output, backend).fill(0);
  if (inner === 0 || util.sizeFromShape(output.shape) === 0) return output;

  const address = addressOf(backend, output);
  const multiplyOne = (fromA: number, fromB: number, to: number, height: number): void => {
    const left = addressOf(backend, a) + 4 * fromA * rows * inner;
    const right = addressOf(backend, b) + 4 * fromB * inner * columns;
    multiply(
      attrs.transposeA ? transposed(packed(left, rows)) : packed(left, inner),
      attrs.transposeB ? transposed(packed(right, inner)) : packed(right, columns),
      address + 4 * to * rows * columns,
      { rows: height, inner, columns },
      backend,
    );
  };
  const count = util.sizeFromShape(batch);
  if (util.sizeFromShape(batchOfB) === 1 && !attrs.transposeA) multiplyOne(0, 0, 0, count * rows);
  else {
    const places = broadcastPlaces(batchOfB, batch);
    broadcastPlaces(batchOfA, batch).forEach((place, index) => {
      multiplyOne(place, places[index]!, index, rows);
    });
  }
  return output;
});

/** [rows, columns] of the matrices as they are multiplied. */
function sizesOf({ shape }: TensorInfo, isTransposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
}

/**
 * For each element of an array of shape `broadcast`, the index of its source in an array of shape `shape`.
 */
function broadcastPlaces(shape: readonly number[], broadcast: readonly number[]): number[] {
  let places = [0];
  for (const [axis, size] of broadcast.entries()) {
    const own = shape[axis - broadcast.length + shape.length] ?? 1;
    places = places.flatMap((place) =>
      Array.from({ length: size }, (_, index) => place * own + (own === 1 ? 0 : index)),
    );
  }
  return places;
}
