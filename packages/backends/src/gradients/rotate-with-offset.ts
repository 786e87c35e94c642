import {
  cast,
  engine,
  type NamedAttrMap,
  RotateWithOffset,
  range,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  transpose,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradient } from './gradient.ts';

/**
 * The gradient of each pixel goes to the pixel that it came from. To find that one, an image of the pixels'
 * numbers is rotated in the same way. There is no stock gradient.
 */
export const rotateWithOffset: Gradient = gradient<NamedAttrMap>(
  RotateWithOffset,
  ['image'],
  (dy, [image], attrs) => ({
    image: () => {
      const [batch, height, width, channels] = (image as Tensor4D).shape;
      const size = height * width;
      // 0 stands for a pixel that was filled in.
      const numbers = reshape(cast(range(1, size + 1, 1, 'int32'), 'float32'), [1, height, width, 1]);
      const turned = engine().runKernel(RotateWithOffset, { image: numbers }, { ...attrs, fillValue: 0 });
      const from = reshape(cast(turned as Tensor, 'int32'), [size]) as Tensor1D;
      const perPixel = transpose(reshape(dy, [batch, size, channels]), [1, 0, 2]);
      const sums = slice(unsortedSegmentSum(perPixel, from, size + 1), [1, 0, 0], [size, batch, channels]);
      return reshape(transpose(sums, [1, 0, 2]), image!.shape);
    },
  }),
);
