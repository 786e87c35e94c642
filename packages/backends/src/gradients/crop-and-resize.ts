import {
  abs,
  add,
  CropAndResize,
  cast,
  expandDims,
  gather,
  matMul,
  mul,
  neg,
  range,
  relu,
  reshape,
  round,
  slice,
  step,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradient, gradientsWithin } from './gradient.ts';

type Method = 'bilinear' | 'nearest';

interface Attributes {
  readonly cropSize: [number, number];
  readonly method: Method;
}

/**
 * A crop is a product of the image with weights of its rows and weights of its columns. This is the gradient
 * of that product. There is no stock gradient.
 */
export const cropAndResize: Gradient = gradient<Attributes>(
  CropAndResize,
  ['image', 'boxes', 'boxInd'],
  (dy, [image, boxes, boxInd], { cropSize, method }) => ({
    image: () =>
      gradientsWithin((image) => cropped(image, boxes!, boxInd!, cropSize, method), [image!], dy)[0]!,
    boxes: () =>
      gradientsWithin((boxes) => cropped(image!, boxes, boxInd!, cropSize, method), [boxes!], dy)[0]!,
    boxInd: () => zeros(boxInd!.shape),
  }),
);

/** The crops. Pixels outside of the images are 0. */
function cropped(
  image: Tensor,
  boxes: Tensor,
  boxInd: Tensor,
  [height, width]: [number, number],
  method: Method,
): Tensor {
  const [, imageHeight, imageWidth, channels] = (image as Tensor4D).shape;
  const count = boxes.shape[0]!;
  const bound = (place: number): Tensor => slice(boxes, [0, place], [count, 1]);
  const rows = weights(bound(0), bound(2), height, imageHeight, method);
  const columns = weights(bound(1), bound(3), width, imageWidth, method);
  const images = reshape(gather(image, boxInd as Tensor1D), [count, imageHeight, imageWidth * channels]);
  const lines = reshape(matMul(rows, images), [count, height, imageWidth, channels]);
  return matMul(expandDims(columns, 1), lines);
}

/** The weight of each of `length` pixels in each of `size` pixels of a crop, for each box. */
function weights(low: Tensor, high: Tensor, size: number, length: number, method: Method): Tensor {
  const parts = Array.from({ length: size }, (_, i) => (size > 1 ? i / (size - 1) : 0.5));
  const part = tensor2d(parts, [1, size]);
  const place = expandDims(mul(add(mul(low, sub(1, part)), mul(high, part)), length - 1), 2);
  const pixels = cast(range(0, length, 1, 'int32'), 'float32');
  const near =
    method === 'bilinear'
      ? relu(sub(1, abs(sub(place, pixels))))
      : step(sub(0.5, abs(sub(round(place), pixels))));
  const isOutside = add(step(neg(place)), step(sub(place, length - 1)));
  return mul(near, sub(1, isOutside));
}
