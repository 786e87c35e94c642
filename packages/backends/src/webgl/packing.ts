import { env } from '@tensorflow/tfjs-core';

/** The flags that depend on WEBGL_PACK. Each is evaluated when it is first read. */
export const PACKING: readonly string[] = [
  'WEBGL_PACK',
  'WEBGL_PACK_NORMALIZATION',
  'WEBGL_PACK_CLIP',
  'WEBGL_PACK_DEPTHWISECONV',
  'WEBGL_PACK_BINARY_OPERATIONS',
  'WEBGL_PACK_UNARY_OPERATIONS',
  'WEBGL_PACK_ARRAY_OPERATIONS',
  'WEBGL_PACK_IMAGE_OPERATIONS',
  'WEBGL_PACK_REDUCE',
  'WEBGL_LAZILY_UNPACK',
  'WEBGL_CONV_IM2COL',
  'WEBGL_PACK_CONV2DTRANSPOSE',
];

/**
 * Makes every texture hold one element per pixel. With four elements per pixel, an odd length is padded, and
 * exp, sigmoid, an added bias and others leave values other than 0 in the padding. Products and convolutions
 * then include these values, so small networks train a unit that does not exist.
 */
export function unpackTextures(): void {
  for (const flag of PACKING) env().set(flag, false);
}
