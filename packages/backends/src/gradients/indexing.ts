import {
  cast,
  DepthToSpace,
  Diag,
  diag,
  equal,
  expandDims,
  FlipLeftRight,
  GatherNd,
  type GradConfig,
  gatherND,
  mul,
  ones,
  range,
  reshape,
  reverse,
  ScatterNd,
  scatterND,
  sum,
  type Tensor,
  type Tensor4D,
  TopK,
  transpose,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradient } from './gradient.ts';

/** Gradients of kernels that move elements to other positions. They have no stock gradients. */
export const indexing: Readonly<Record<string, Gradient>> = {
  [GatherNd]: gradient(GatherNd, ['params', 'indices'], (dy, [params, indices]) => ({
    params: () => scatterND(indices!, dy, params!.shape),
    // Indices have no gradient.
    indices: () => mul(cast(indices!, 'float32'), 0),
  })),
  [ScatterNd]: gradient(ScatterNd, ['indices'], (dy, [indices]) => ({
    indices: () => mul(cast(indices!, 'float32'), 0),
    updates: () => gatherND(dy, indices!),
  })),
  [TopK]: () => topK,
  [FlipLeftRight]: gradient(FlipLeftRight, [], (dy) => ({ image: () => reverse(dy, 2) })),
  [Diag]: gradient(Diag, ['x'], (dy, [x]) => ({
    x: () => {
      const { size, shape } = x!;
      return reshape(sum(mul(reshape(dy, [size, size]), diag(ones([size]))), 1), shape);
    },
  })),
  [DepthToSpace]: gradient<{ readonly blockSize: number; readonly dataFormat: 'NHWC' | 'NCHW' }>(
    DepthToSpace,
    ['x'],
    (dy, [x], { blockSize, dataFormat }) => ({
      x: () => {
        if (dataFormat !== 'NHWC')
          throw new Error(
            "The gradient of depthToSpace takes dataFormat 'NHWC'. Transpose [0, 2, 3, 1] before.",
          );
        const [batch, height, width] = (x as Tensor4D).shape;
        const blocks = reshape(dy, [batch, height, blockSize, width, blockSize, -1]);
        return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), x!.shape);
      },
    }),
  ),
};

/** The gradient of each of the largest values goes to the position of that value in the input. */
const topK: GradConfig = {
  kernelName: TopK,
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dys, [x, indices]) => ({
    x: () => {
      const [values] = dys as Tensor[];
      const all = range(0, x!.shape.at(-1)!, 1, 'int32');
      const places = cast(equal(expandDims(indices!, -1), all), 'float32');
      return sum(mul(places, expandDims(values!, -1)), -2);
    },
  }),
};
