import {
  eye,
  getBackend,
  image,
  matMul,
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.ts';

interface Attributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

type Resize = typeof image.resizeBilinear;

/**
 * Resizing multiplies by one matrix vertically and by another one horizontally. Each matrix is obtained by
 * resizing the identity. The gradient multiplies by their transposes. The stock kernels ignore
 * `halfPixelCenters` and divide by zero if corners are aligned to one pixel. On the cpu backend they also
 * confuse width, height and batch.
 */
function resizing(resize: Resize): Gradient {
  return (stock) => ({
    ...stock!,
    gradFunc: (dy, saved, attributes) => {
      const attrs = attributes as unknown as Attributes;
      const isRight = !attrs.halfPixelCenters && !attrs.alignCorners && getBackend() !== 'cpu';
      if (isRight) return stock!.gradFunc(dy, saved, attributes);
      return { images: () => gradientOf(dy as Tensor4D, saved[0] as Tensor4D, attrs, resize) };
    },
  });
}

export const resizeBilinear: Gradient = resizing(image.resizeBilinear);
export const resizeNearestNeighbor: Gradient = resizing(image.resizeNearestNeighbor);

function gradientOf(dy: Tensor4D, images: Tensor4D, attrs: Attributes, resize: Resize): Tensor {
  const [batch, height, width, channels] = images.shape;
  const [, newHeight, newWidth] = dy.shape;
  /** [new length, length] */
  const matrix = (from: number, to: number): Tensor => {
    const pixels = reshape(eye(from), [from, 1, from]) as Tensor3D;
    return reshape(resize(pixels, [to, 1], attrs.alignCorners, attrs.halfPixelCenters), [to, from]);
  };
  const down = matMul(matrix(height, newHeight), reshape(dy, [batch, newHeight, newWidth * channels]), true);
  const rows = reshape(down, [batch * height, newWidth, channels]);
  return reshape(matMul(matrix(width, newWidth), rows, true), images.shape);
}
