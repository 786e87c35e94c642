import {
  BatchMatMul,
  backend_util,
  Einsum,
  Sum,
  type TensorInfo,
  Transpose,
  util,
} from '@tensorflow/tfjs-core';
import { type Correction, correction, type Run, scoped, viewed } from '../kernel.ts';

/** A tensor with named axes. The names are the numbers that the letters of the equation are decoded to. */
interface Named {
  readonly tensor: TensorInfo;
  readonly axes: readonly number[];
}

/**
 * Sums over products of one or two tensors ("bqhd,bkhd->bhqk"), as one batched matrix product. Axes that both
 * tensors and the output have are the batch. Axes that both tensors have, but not the output, are the inner
 * axes. The stock backend has no such kernel. TensorFlow.js has no gradient for it on any backend.
 */
export const einsum: Correction = correction<Record<string, TensorInfo>, { readonly equation: string }>(
  Einsum,
  () => (call) => {
    const { inputs, attrs, backend } = call;
    const tensors = Object.values(inputs);
    const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(attrs.equation, tensors.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never);
    const wanted = allDims.map((_, axis) => axis).filter((axis) => !summedDims.includes(axis));
    return scoped(backend, (run) => {
      const [first, second] = tensors.map((tensor, i) => ({ tensor, axes: idDims[i]! }));
      const result = second === undefined ? first! : product(first!, second, wanted, run);
      return arranged(summedTo(result, wanted, run), wanted, run).tensor;
    });
  },
);

function product(left: Named, right: Named, wanted: readonly number[], run: Run): Named {
  const a = summedTo(left, [...wanted, ...right.axes], run);
  const b = summedTo(right, [...wanted, ...left.axes], run);
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const batch = shared.filter((axis) => wanted.includes(axis));
  const inner = shared.filter((axis) => !wanted.includes(axis));
  const rows = a.axes.filter((axis) => !shared.includes(axis));
  const columns = b.axes.filter((axis) => !shared.includes(axis));

  const aMatrices = arranged(a, [...batch, ...rows, ...inner], run);
  const bMatrices = arranged(b, [...batch, ...inner, ...columns], run);
  const size = (named: Named, axes: readonly number[]) => util.sizeFromShape(sizesOf(named, axes));
  const matrices = run(
    BatchMatMul,
    {
      a: viewed(aMatrices.tensor, [size(a, batch), size(a, rows), size(a, inner)]),
      b: viewed(bMatrices.tensor, [size(b, batch), size(b, inner), size(b, columns)]),
    },
    { transposeA: false, transposeB: false },
  );
  const shape = [...sizesOf(a, batch), ...sizesOf(a, rows), ...sizesOf(b, columns)];
  return { tensor: viewed(matrices, shape), axes: [...batch, ...rows, ...columns] };
}

function sizesOf({ tensor, axes }: Named, which: readonly number[]): number[] {
  return which.map((axis) => tensor.shape[axes.indexOf(axis)]!);
}

/** Sums over the axes that are not in `kept`. */
function summedTo({ tensor, axes }: Named, kept: readonly number[], run: Run): Named {
  const positions = [...axes.keys()].filter((position) => !kept.includes(axes[position]!));
  if (positions.length === 0) return { tensor, axes };
  return {
    tensor: run(Sum, { x: tensor }, { axis: positions, keepDims: false }),
    axes: axes.filter((axis) => kept.includes(axis)),
  };
}

/** The result is always a new tensor, so that the kernel never returns its input. */
function arranged({ tensor, axes }: Named, order: readonly number[], run: Run): Named {
  return {
    tensor: run(Transpose, { x: tensor }, { perm: order.map((axis) => axes.indexOf(axis)) }),
    axes: order,
  };
}
