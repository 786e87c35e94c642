import {
  Einsum,
  GatherV2,
  MirrorPad,
  Prod,
  ResizeBilinear,
  ResizeNearestNeighbor,
  StridedSlice,
  Tile,
} from '@tensorflow/tfjs-core';
import { completeBatchNorm } from './batch-norm.ts';
import { broadcast } from './broadcast.ts';
import { convolutions } from './convolutions.ts';
import { einsum } from './einsum.ts';
import { gather } from './gather.ts';
import { type Gradient, register } from './gradient.ts';
import { indexing } from './indexing.ts';
import { mirrorPad } from './mirror-pad.ts';
import { parts } from './parts.ts';
import { prod } from './prod.ts';
import { resizeBilinear, resizeNearestNeighbor } from './resizing.ts';
import { scans } from './scans.ts';
import { stridedSlice } from './strided-slice.ts';
import { tile } from './tile.ts';

const gradients: Readonly<Record<string, Gradient>> = {
  ...broadcast,
  ...convolutions,
  ...indexing,
  ...parts,
  ...scans,
  [Einsum]: einsum,
  [GatherV2]: gather,
  [MirrorPad]: mirrorPad,
  [Prod]: prod,
  [ResizeBilinear]: resizeBilinear,
  [ResizeNearestNeighbor]: resizeNearestNeighbor,
  [StridedSlice]: stridedSlice,
  [Tile]: tile,
};

let mended = false;

/** Registers the gradients that TensorFlow.js lacks or has wrong. They hold for every backend. Doing it twice changes nothing. */
export function mendGradients(): void {
  if (mended) return;
  mended = true;
  for (const [kernelName, create] of Object.entries(gradients)) register(kernelName, create);
  completeBatchNorm();
}
