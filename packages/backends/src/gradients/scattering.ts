import {
  div,
  gather,
  gatherND,
  mul,
  ones,
  reshape,
  SparseSegmentMean,
  SparseSegmentSum,
  SparseToDense,
  sparseToDense,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  TensorScatterUpdate,
  tensorScatterUpdate,
  unsortedSegmentSum,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradient } from './gradient.ts';

/** Indices have no gradient. */
const none = (ids: Tensor) => (): Tensor => zeros(ids.shape);

function segments(kernelName: string, isMean: boolean): Gradient {
  return gradient(kernelName, ['data', 'indices', 'segmentIds'], (dy, [data, indices, ids]) => ({
    data: () => {
      const [segment, count] = [ids as Tensor1D, dy.shape[0]!];
      const size = isMean ? unsortedSegmentSum(ones(segment.shape), segment, count) : ones([count]);
      const perRow = reshape(gather(size, segment), [-1, ...dy.shape.slice(1).map(() => 1)]);
      return unsortedSegmentSum(div(gather(dy, segment), perRow), indices as Tensor1D, data!.shape[0]!);
    },
    indices: none(indices!),
    segmentIds: none(ids!),
  }));
}

/**
 * Gradients of kernels that write elements into a tensor, or add them to it. They have no stock gradients.
 */
export const scattering: Readonly<Record<string, Gradient>> = {
  [SparseSegmentMean]: segments(SparseSegmentMean, true),
  [SparseSegmentSum]: segments(SparseSegmentSum, false),
  [SparseToDense]: gradient<{ readonly outputShape: number[] }>(
    SparseToDense,
    ['sparseIndices', 'sparseValues'],
    (dy, [indices, values], { outputShape }) => ({
      sparseIndices: none(indices!),
      sparseValues: () => {
        const places = indices!.rank === 2 ? indices! : reshape(indices!, [-1, 1]);
        const picked = gatherND(dy, places);
        return values!.rank === 0 ? sum(picked) : picked;
      },
      defaultValue: () => sum(mul(dy, sub(1, sparseToDense(indices!, 1, outputShape, 0)))),
    }),
  ),
  [TensorScatterUpdate]: gradient(TensorScatterUpdate, ['indices', 'updates'], (dy, [indices, updates]) => ({
    tensor: () => tensorScatterUpdate(dy, indices!, zerosLike(updates!)),
    indices: none(indices!),
    updates: () => gatherND(dy, indices!),
  })),
};
