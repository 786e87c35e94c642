import { env } from '@tensorflow/tfjs-core';

/** What follows from the flag WEBGL_PACK, each decided when it is first asked for. */
const FLAGS = [
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
 * Has every texture hold one element a pixel. With four, an odd length is padded, and exp, sigmoid, a bias and others leave something other than 0 in the padding, which
 * products and convolutions multiply in: small networks train a unit that is not there.
 */
export function unpackTextures(): void {
  for (const flag of FLAGS) env().set(flag, false);
}
