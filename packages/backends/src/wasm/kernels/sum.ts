import { AvgPool, backend_util, Mean, Sum, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { floatsOf, type Mending, mending, scoped, viewed } from '../kernel.ts';

interface Inputs {
  readonly x: TensorInfo;
}

interface Attributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

/**
 * A mean over one block of axes that is not the last (a bias's gradient, the statistics of batch normalisation, global
 * average pooling) is average pooling of [before, rows, 1, columns] over all rows. The stock kernel transposes its whole
 * input instead, and takes 3 to 90 times as long.
 */
export const mean: Mending = mending<Inputs, Attributes>(Mean, (stock) => (call) => {
  const reduction = reductionOf(call.inputs.x, call.attrs);
  if (reduction === undefined) return stock(call);
  const { before, rows, columns, shape } = reduction;
  return scoped(call.backend, (run) => {
    const x = viewed(call.inputs.x, [before, rows, 1, columns]);
    const pooled = run(AvgPool, { x }, { filterSize: [rows, 1], strides: [1, 1], pad: 'valid' });
    // XNNPACK turns NaN into -Infinity here; the stock kernel tells them apart.
    return floatsOf(pooled, call.backend).includes(-Infinity) ? stock(call) : viewed(pooled, shape);
  });
});

/** The mean times the number of rows. */
export const sum: Mending = mending<Inputs, Attributes>(Sum, (stock) => (call) => {
  const { inputs, attrs, backend } = call;
  if (util.sizeFromShape(inputs.x.shape) === 0) {
    const zero = stock(call);
    // The stock kernel leaves the output as it was allocated.
    backend.typedArrayFromHeap(zero).fill(0);
    return zero;
  }
  const reduction = reductionOf(inputs.x, attrs);
  if (reduction === undefined) return stock(call);
  return scoped(backend, (run) => {
    const output = run(Mean, { x: inputs.x }, attrs);
    const elements = floatsOf(output, backend);
    for (let i = 0; i < elements.length; i++) elements[i]! *= reduction.rows;
    return output;
  });
});

interface Reduction {
  readonly before: number;
  readonly rows: number;
  readonly columns: number;
  /** Of the output. */
  readonly shape: readonly number[];
}

/** The reduction as one over the middle of [before, rows, columns], where it is one. */
function reductionOf(x: TensorInfo, attrs: Attributes): Reduction | undefined {
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return undefined;
  const axes = util.parseAxisParam(attrs.axis, x.shape).sort((p, q) => p - q);
  // Axes of size 1 belong to any block.
  const reduced = axes.filter((axis) => x.shape[axis] !== 1);
  const first = reduced[0];
  const last = reduced.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const between = x.shape.slice(first, last + 1);
  const [shape, reducedShape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const rows = util.sizeFromShape(reducedShape);
  const columns = util.sizeFromShape(x.shape.slice(last + 1));
  if (columns === 1 || util.sizeFromShape(between) !== rows) return undefined;
  return {
    before: util.sizeFromShape(x.shape.slice(0, first)),
    rows,
    columns,
    shape: attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape,
  };
}
