import { BatchMatMul, Conv2DBackpropFilter, type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttributes,
  convolved,
  filterMargin,
  type Geometry,
  geometryOf,
} from '../convolution.ts';
import { type Mending, mending, type Run, scoped, viewed } from '../kernel.ts';

interface Inputs {
  /** [batch, height, width, inChannels] */
  readonly x: TensorInfo;
  /** [batch, outHeight, outWidth, outChannels] */
  readonly dy: TensorInfo;
}

interface Attributes extends ConvolutionAttributes {
  readonly filterShape: [number, number, number, number];
}

/**
 * dw[k, c, o] = Σ over the batch and the positions p of x[p·stride + k − before, c] · dy[p, o].
 * With the batch in the place of the channels and the channels in the place of the batch, this is itself a convolution:
 * of x [inChannels, height, width, batch] with the filter dy [outHeight, outWidth, batch, outChannels], stride and
 * dilation exchanged. The stock backend has no such kernel.
 */
export const conv2dBackpropFilter: Mending = mending<Inputs, Attributes>(
  Conv2DBackpropFilter,
  () => (call) => {
    const { inputs, attrs, backend } = call;
    const geometry = geometryOf(Conv2DBackpropFilter, inputs.x.shape, attrs.filterShape, attrs, false);
    return scoped(backend, (run) =>
      isPointwise(geometry)
        ? pointwise(inputs, attrs.filterShape, run)
        : convolution(inputs, attrs.filterShape, geometry, run),
    );
  },
);

function convolution(
  { x, dy }: Inputs,
  filterShape: readonly number[],
  geometry: Geometry,
  run: Run,
): TensorInfo {
  const { batch, inChannels, outChannels, height, width } = geometry;
  const byBatch = run(
    Transpose,
    { x: viewed(x, [batch, height.input * width.input * inChannels]) },
    { perm: [1, 0] },
  );
  const input = run(
    Transpose,
    { x: viewed(byBatch, [height.input * width.input, inChannels, batch]) },
    { perm: [1, 0, 2] },
  );
  const filter = run(
    Transpose,
    { x: viewed(dy, [batch, height.output * width.output, outChannels]) },
    { perm: [1, 0, 2] },
  );
  const product = convolved(
    'Conv2D',
    viewed(input, [inChannels, height.input, width.input, batch]),
    viewed(filter, [height.output, width.output, batch, outChannels]),
    [filterMargin(height), filterMargin(width)],
    { strides: [height.dilation, width.dilation], dilations: [height.stride, width.stride] },
    run,
  );
  const taps = height.filter * width.filter;
  return viewed(
    run(Transpose, { x: viewed(product, [inChannels, taps, outChannels]) }, { perm: [1, 0, 2] }),
    filterShape,
  );
}

/** One tap on every position: xᵀ · dy. */
function isPointwise({ height, width }: Geometry): boolean {
  return [height, width].every(
    (axis) => axis.filter === 1 && axis.output === axis.input && axis.before === 0,
  );
}

function pointwise({ x, dy }: Inputs, filterShape: readonly number[], run: Run): TensorInfo {
  const [batch, height, width, inChannels] = x.shape as [number, number, number, number];
  const positions = batch * height * width;
  const product = run(
    BatchMatMul,
    { a: viewed(x, [positions, inChannels]), b: viewed(dy, [positions, dy.shape[3]!]) },
    { transposeA: true, transposeB: false },
  );
  return viewed(product, filterShape);
}
