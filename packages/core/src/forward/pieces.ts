import * as tf from '@tensorflow/tfjs-core';
import { described } from '../described.ts';
import { forwardInPieces } from './forward-in-pieces.ts';
import type { Piece } from './piece.ts';

/** A batch in pieces. Make it with `inPieces`. */
export class BatchInPieces<Batch> {
  readonly pieces: readonly Batch[];
  readonly sizes: readonly number[];
  /** The forward pass on such batches. Only pages that call `inPieces` contain it. */
  readonly forward: typeof forwardInPieces;

  constructor(pieces: readonly Batch[], sizes: readonly number[], forward: typeof forwardInPieces) {
    this.pieces = pieces;
    this.sizes = sizes;
    this.forward = forward;
  }
}

/**
 * A batch that does not fit into memory at once, as a list of smaller ones. `trainer.step(inPieces([a, b]))`
 * makes one step, that of the whole batch: each loss is the mean over the pieces, weighted by their sizes.
 * Only one piece is in memory with its intermediate results at a time.
 *
 * The size of a piece is the length of the first axis of its tensors. Give `sizes` if they differ, or if the
 * pieces hold no tensors.
 */
export function inPieces<Batch>(
  pieces: readonly Batch[],
  options: { readonly sizes?: readonly number[] } = {},
): BatchInPieces<Batch> {
  if (!Array.isArray(pieces) || pieces.length === 0) {
    const what = Array.isArray(pieces) ? 'an empty list' : described(pieces);
    throw new Error(`inPieces: it was given ${what}, but takes a list of batches, as in inPieces([a, b]).`);
  }
  const nested = pieces.findIndex((piece) => piece instanceof BatchInPieces);
  if (nested >= 0)
    throw new Error(`inPieces: piece ${nested} is itself in pieces. Give all of them in one list.`);
  const sizes = options.sizes ?? pieces.map(sizeOf);
  if (!Array.isArray(sizes) || sizes.length !== pieces.length) {
    const what = Array.isArray(sizes) ? `${sizes.length} sizes` : `${described(sizes)} as sizes`;
    throw new Error(
      `inPieces: there are ${what} for ${pieces.length} pieces. Give a list with one for each.`,
    );
  }
  for (const [index, size] of sizes.entries()) {
    if (Number.isFinite(size) && size > 0) continue;
    throw new Error(
      `inPieces: the size of piece ${index} is ${described(size)}, but must be a finite number above 0. Leave empty pieces out.`,
    );
  }
  return new BatchInPieces([...pieces], [...sizes], forwardInPieces);
}

/** The length of the first axis of the tensors of a piece. Throws if they differ, or if there are none. */
function sizeOf(piece: unknown, index: number): number {
  const tensors = tf.tensor_util
    .getTensorsInContainer(piece as tf.TensorContainer)
    .filter(({ rank }) => rank > 0);
  const [first] = tensors;
  const say = 'Say how large each piece is, as in inPieces([a, b], { sizes: [32, 16] }).';
  if (first === undefined)
    throw new Error(`inPieces: piece ${index} holds no tensor that would tell its size. ${say}`);
  const other = tensors.find(({ shape }) => shape[0] !== first.shape[0]);
  if (other === undefined) return first.shape[0]!;
  throw new Error(
    `inPieces: piece ${index} holds tensors of shapes [${first.shape}] and [${other.shape}], whose first axes do not agree on its size. ${say}`,
  );
}

/** The pieces of all batches, one after the other. A batch that is not in pieces is one piece. */
export function piecesOf<Batch>(batches: readonly (Batch | BatchInPieces<Batch>)[]): readonly Piece<Batch>[] {
  return batches.flatMap((given, batch) => {
    if (!(given instanceof BatchInPieces)) return [{ value: given, batch, size: 1, total: 1 }];
    const { pieces, sizes } = given;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    return pieces.map((value, index) => ({ value, batch, size: sizes[index]!, total }));
  });
}
