import {
  CropAndResize,
  Dilation2D,
  Einsum,
  GatherV2,
  MaxPoolWithArgmax,
  MirrorPad,
  Prod,
  ResizeBilinear,
  ResizeNearestNeighbor,
  RotateWithOffset,
  StridedSlice,
  Tile,
} from '@tensorflow/tfjs-core';
import { completeBatchNorm } from './batch-norm.ts';
import { broadcast } from './broadcast.ts';
import { correctCenteredRmsprop } from './centered-rmsprop.ts';
import { convolutions } from './convolutions.ts';
import { cropAndResize } from './crop-and-resize.ts';
import { dilation2d } from './dilation2d.ts';
import { einsum } from './einsum.ts';
import { gather } from './gather.ts';
import { type Gradient, register } from './gradient.ts';
import { indexing } from './indexing.ts';
import { maxPoolWithArgmax } from './max-pool-with-argmax.ts';
import { mirrorPad } from './mirror-pad.ts';
import { parts } from './parts.ts';
import { prod } from './prod.ts';
import { resizeBilinear, resizeNearestNeighbor } from './resizing.ts';
import { rotateWithOffset } from './rotate-with-offset.ts';
import { scans } from './scans.ts';
import { scattering } from './scattering.ts';
import { stridedSlice } from './strided-slice.ts';
import { tile } from './tile.ts';

const gradients: Readonly<Record<string, Gradient>> = {
  ...broadcast,
  ...convolutions,
  ...indexing,
  ...parts,
  ...scans,
  ...scattering,
  [CropAndResize]: cropAndResize,
  [Dilation2D]: dilation2d,
  [Einsum]: einsum,
  [GatherV2]: gather,
  [MaxPoolWithArgmax]: maxPoolWithArgmax,
  [MirrorPad]: mirrorPad,
  [Prod]: prod,
  [ResizeBilinear]: resizeBilinear,
  [ResizeNearestNeighbor]: resizeNearestNeighbor,
  [RotateWithOffset]: rotateWithOffset,
  [StridedSlice]: stridedSlice,
  [Tile]: tile,
};

let corrected = false;

/**
 * Registers the gradients that TensorFlow.js lacks or computes wrongly. They hold for every backend. Calling
 * it twice changes nothing.
 */
export function correctGradients(): void {
  if (corrected) return;
  corrected = true;
  for (const [kernelName, create] of Object.entries(gradients)) register(kernelName, create);
  completeBatchNorm();
  correctCenteredRmsprop();
}
