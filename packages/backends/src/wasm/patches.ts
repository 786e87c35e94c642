import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type Axis, type Geometry, inside } from './convolution.ts';
import { functionsOf } from './modules/functions.ts';
import { addressOf } from './modules/heap.ts';

/**
 * The number of elements in a block of patches: half a megabyte, which fits into the second-level cache of a
 * core.
 */
const BLOCK = 131_072;

/**
 * A convolution is a product of matrices: patches [positions, filter height · filter width · channels] times
 * the filter. Each row of the patches holds all that one output position sees. A block is a range of rows of
 * output positions, numbered through all images.
 */
export interface Block {
  readonly firstRow: number;
  readonly rows: number;
  /** rows · output width */
  readonly positions: number;
  /** The number of the first position. */
  readonly first: number;
}

/** The number of elements in one patch. */
export function patchSize({ height, width, inChannels }: Geometry): number {
  return height.filter * width.filter * inChannels;
}

/** Whether a patch is just the channels at its position, as for a filter of 1x1 at every position. */
export function isPointwise({ height, width }: Geometry): boolean {
  return [height, width].every(
    ({ filter, output, input, before }) => filter === 1 && output === input && before === 0,
  );
}

/**
 * All rows of the output, in blocks whose patches fit into a cache. `patches` is the address of memory for
 * one block.
 */
export function forEachBlock(
  geometry: Geometry,
  backend: BackendWasm,
  visit: (block: Block, patches: number) => void,
): void {
  const { batch, height, width } = geometry;
  const total = batch * height.output;
  const perBlock = Math.min(total, Math.max(1, Math.floor(BLOCK / (width.output * patchSize(geometry)))));
  const room = backend.makeOutput([perBlock * width.output * patchSize(geometry)], 'float32');
  const patches = addressOf(backend, room);
  for (let firstRow = 0; firstRow < total; firstRow += perBlock) {
    const rows = Math.min(perBlock, total - firstRow);
    visit({ firstRow, rows, positions: rows * width.output, first: firstRow * width.output }, patches);
  }
  backend.disposeData(room.dataId);
}

/** Copies the patches of a block from the images at `x`. Padding becomes zeros. */
export function gatherPatches(
  x: number,
  patches: number,
  block: Block,
  geometry: Geometry,
  backend: BackendWasm,
): void {
  const functions = functionsOf(backend);
  if (hasPadding(geometry.height) || hasPadding(geometry.width))
    functions.clear(patches, block.positions * patchSize(geometry));
  forEachRun(geometry, block, (image, imageStep, patch, patchStep, count) => {
    functions.copyRuns(x + image, imageStep, patches + patch, patchStep, count, geometry.inChannels);
  });
}

/**
 * Adds the patches of a block to the images at `x`, each element where it came from. This is the adjoint of
 * gathering.
 */
export function scatterPatches(
  patches: number,
  x: number,
  block: Block,
  geometry: Geometry,
  backend: BackendWasm,
): void {
  const functions = functionsOf(backend);
  forEachRun(geometry, block, (image, imageStep, patch, patchStep, count) => {
    functions.addRuns(patches + patch, patchStep, x + image, imageStep, count, geometry.inChannels);
  });
}

/** For each row of the output and each tap of the filter, the positions that see no padding, in bytes. */
function forEachRun(
  geometry: Geometry,
  { firstRow, rows }: Block,
  visit: (image: number, imageStep: number, patch: number, patchStep: number, count: number) => void,
): void {
  const { height, width, inChannels } = geometry;
  const size = patchSize(geometry);
  const ranges = Array.from({ length: width.filter }, (_, tap) => inside(width, tap));
  for (let row = 0; row < rows; row++) {
    const image = Math.floor((firstRow + row) / height.output);
    const top = ((firstRow + row) % height.output) * height.stride - height.before;
    for (let down = 0; down < height.filter; down++) {
      const inputRow = top + down * height.dilation;
      if (inputRow < 0 || inputRow >= height.input) continue;
      for (let across = 0; across < width.filter; across++) {
        const [first, end] = ranges[across]!;
        if (end <= first) continue;
        const column = first * width.stride + across * width.dilation - width.before;
        visit(
          4 * inChannels * ((image * height.input + inputRow) * width.input + column),
          4 * inChannels * width.stride,
          4 * ((row * width.output + first) * size + (down * width.filter + across) * inChannels),
          4 * size,
          end - first,
        );
      }
    }
  }
}

function hasPadding({ input, filter, output, stride, dilation, before }: Axis): boolean {
  return before > 0 || (output - 1) * stride + (filter - 1) * dilation - before >= input;
}
