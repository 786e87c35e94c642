import { randomFrom } from '@scalpel/core';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { normalisation, type Scale } from './images.ts';

/** Height and width of a picture, in pixels. */
export const SIDE = 28;
/** The largest move of a picture in either direction, in pixels. */
const REACH = 2;

/**
 * The placement of a picture: its moves in pixels, and true if it is mirrored. Pixels that come in at the
 * edge are 0.
 */
export interface Placement {
  readonly right: number;
  readonly down: number;
  readonly mirrored: boolean;
}

/** The placement without a move. */
export const UNMOVED: Placement = { right: 0, down: 0, mirrored: false };

/**
 * `count` random placements, determined by the seeds. Each is a move by up to 2 pixels, mirrored with
 * probability ½.
 */
export function placements(count: number, ...seeds: readonly number[]): Placement[] {
  const random = randomFrom(...seeds);
  const shift = () => Math.floor(random() * (2 * REACH + 1)) - REACH;
  return Array.from({ length: count }, () => ({ right: shift(), down: shift(), mirrored: random() < 0.5 }));
}

/** Paints the image of this index on a black picture. */
export function paint(
  images: Uint8Array,
  index: number,
  { right, down, mirrored }: Placement,
  picture: Uint8Array,
): void {
  const start = index * SIDE * SIDE;
  for (let row = Math.max(0, down); row < Math.min(SIDE, SIDE + down); row++) {
    for (let column = Math.max(0, right); column < Math.min(SIDE, SIDE + right); column++) {
      const from = mirrored ? SIDE - 1 - (column - right) : column - right;
      picture[row * SIDE + column] = images[start + (row - down) * SIDE + from]!;
    }
  }
}

/**
 * Pictures [count, 28, 28, 1] with pixels of mean 0 and deviation 1. `painted` fills each of them; they are
 * black before.
 */
export function pictureTensor(
  count: number,
  scale: Scale,
  painted: (row: number, picture: Uint8Array) => void,
): Tensor4D {
  const normalised = normalisation(scale);
  const bytes = new Uint8Array(count * SIDE * SIDE);
  for (let row = 0; row < count; row++)
    painted(row, bytes.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE));
  return tensor4d(
    Float32Array.from(bytes, (pixel) => normalised[pixel]!),
    [count, SIDE, SIDE, 1],
  );
}

/** The chosen images as pictures, with the given placements or unmoved. */
export function pictured(
  images: Uint8Array,
  scale: Scale,
  chosen: ArrayLike<number>,
  placed?: readonly Placement[],
): Tensor4D {
  return pictureTensor(chosen.length, scale, (row, picture) =>
    paint(images, chosen[row]!, placed?.[row] ?? UNMOVED, picture),
  );
}
