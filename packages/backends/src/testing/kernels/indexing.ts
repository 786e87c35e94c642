import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, Type } from './draw.ts';

const NUMBERS: readonly Type[] = ['float32', 'int32'];

export const indexing: Kernels = {
  GatherV2: (draw) => {
    const shape = draw.shape(1, 5).map((length) => Math.max(1, length));
    const batchDims = draw.chance(0.3) ? draw.integer(0, shape.length) : 0;
    const axis = draw.integer(batchDims, shape.length);
    const ids = [...shape.slice(0, batchDims), ...draw.shape(batchDims === 0 ? 0 : 1, 2)];
    const counted = batchDims === 0 && draw.chance() ? axis - shape.length : axis;
    return {
      inputs: [draw.tensor(shape, draw.type()), draw.ids(ids, 0, shape[axis]!)],
      compute: (x, ids) => tf.gather(x!, ids as tf.Tensor1D, counted, batchDims),
      options: { axis: counted, batchDims },
    };
  },
  GatherNd: (draw) => {
    const shape = draw.shape(1, 4).map((length) => Math.max(1, length));
    const depth = draw.integer(1, shape.length + 1);
    const rows = [...draw.shape(1, 2)];
    const ids = draw.ids([...rows, depth], 0, Math.min(...shape.slice(0, depth)));
    return {
      inputs: [draw.tensor(shape, draw.type(NUMBERS)), ids],
      compute: (x, ids) => tf.gatherND(x!, ids!),
    };
  },
  ScatterNd: (draw) => {
    const shape = draw.shape(1, 4).map((length) => Math.max(1, length));
    const depth = draw.integer(1, shape.length + 1);
    const rows = draw.integer(1, 6);
    const ids = draw.ids([rows, depth], 0, Math.min(...shape.slice(0, depth)));
    return {
      inputs: [ids, draw.tensor([rows, ...shape.slice(depth)], draw.type(NUMBERS))],
      compute: (ids, updates) => tf.scatterND(ids!, updates!, shape),
      options: { shape },
    };
  },
  TensorScatterUpdate: (draw) => {
    const shape = draw.shape(1, 3).map((length) => Math.max(1, length));
    const dtype = draw.type(NUMBERS);
    const rows = draw.shuffled([...Array(shape[0]).keys()]).slice(0, draw.integer(1, shape[0]! + 1));
    const ids = { shape: [rows.length, 1], dtype: 'int32' as const, values: rows };
    return {
      inputs: [draw.tensor(shape, dtype), ids, draw.tensor([rows.length, ...shape.slice(1)], dtype)],
      compute: (x, ids, updates) => tf.tensorScatterUpdate(x!, ids!, updates!),
    };
  },
  SparseToDense: (draw) => {
    const size = draw.integer(1, 9);
    const places = draw
      .shuffled([...Array(size).keys()])
      .slice(0, draw.integer(1, size + 1))
      .sort((a, b) => a - b);
    const ids = { shape: [places.length], dtype: 'int32' as const, values: places };
    const dtype = draw.type(NUMBERS);
    return {
      inputs: [ids, draw.tensor([places.length], dtype), draw.tensor([], dtype)],
      compute: (ids, values, rest) => tf.sparseToDense(ids!, values!, [size], rest as tf.Scalar),
      options: { size },
    };
  },
  OneHot: (draw) => {
    const depth = draw.integer(2, 7);
    const dtype = draw.type();
    const [on, off] = draw.pick([
      [1, 0],
      [1, 0],
      [3, -1],
    ] as const);
    return {
      inputs: [draw.ids(draw.shape(0, 3), -1, depth + 1)],
      compute: (ids) => tf.oneHot(ids as tf.Tensor1D, depth, on, off, dtype === 'bool' ? 'int32' : dtype),
      options: { depth, on, off, dtype },
    };
  },
  SearchSorted: (draw) => {
    const rows = draw.integer(1, 4);
    const sorted = draw.tensor([rows, draw.integer(1, 9)], draw.type(NUMBERS));
    const width = sorted.shape[1]!;
    const values = Array.from({ length: rows }, (_, row) =>
      sorted.values.slice(row * width, (row + 1) * width).sort((a, b) => a - b),
    ).flat();
    const side = draw.pick(['left', 'right'] as const);
    return {
      inputs: [{ ...sorted, values }, draw.tensor([rows, draw.integer(1, 5)], sorted.dtype)],
      compute: (sorted, x) => tf.searchSorted(sorted!, x!, side),
      options: { side },
    };
  },
  Fill: (draw) => {
    const shape = draw.shape(0, 5);
    const dtype = draw.type();
    const value = dtype === 'float32' ? 0.1 : dtype === 'int32' ? -3 : 1;
    return { inputs: [], compute: () => tf.fill(shape, value, dtype), options: { shape, value, dtype } };
  },
  Range: (draw) => {
    const dtype = draw.pick(['float32', 'int32'] as const);
    const bounds = [draw.integer(-5, 5), draw.integer(-5, 5), draw.pick([1, 2, -1])] as const;
    return { inputs: [], compute: () => tf.range(...bounds, dtype), options: { bounds, dtype } };
  },
  LinSpace: (draw) => {
    const bounds = [draw.integer(-5, 5), draw.integer(-5, 5), draw.integer(1, 9)] as const;
    return { inputs: [], compute: () => tf.linspace(...bounds), options: bounds };
  },
  SparseSegmentSum: (draw) => {
    const shape = draw.shape(1, 3).map((length) => Math.max(1, length));
    const count = draw.integer(1, 9);
    const segments = draw.ids([count], 0, 4);
    const mean = draw.chance();
    return {
      inputs: [
        draw.tensor(shape),
        draw.ids([count], 0, shape[0]!),
        { ...segments, values: segments.values.toSorted((a, b) => a - b) },
      ],
      compute: (x, ids, segments) =>
        tf.sparse[mean ? 'sparseSegmentMean' : 'sparseSegmentSum'](
          x!,
          ids as tf.Tensor1D,
          segments as tf.Tensor1D,
        ),
      options: { mean },
    };
  },
};
