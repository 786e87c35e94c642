import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Slice, type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import { type Run, scoped, viewed } from '../kernel.ts';

export interface MatMulInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

export interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface MatMulCall<Inputs extends MatMulInputs, Attributes extends MatMulAttributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

/** Calls a matrix product that must not be given transposed operands. */
export function withStraightOperands<Inputs extends MatMulInputs, Attributes extends MatMulAttributes>(
  call: MatMulCall<Inputs, Attributes>,
  multiply: (call: MatMulCall<Inputs, Attributes>) => TensorInfo,
): TensorInfo {
  const { inputs, attrs, backend } = call;
  if (!attrs.transposeA && !attrs.transposeB && isKnownShape(inputs.b)) return multiply(call);
  return scoped(backend, (run) => {
    const a = attrs.transposeA ? transposed(inputs.a, run) : inputs.a;
    const b = attrs.transposeB ? transposed(inputs.b, run) : inputs.b;
    return multiply({
      inputs: {
        ...inputs,
        a,
        b: isKnownShape(b) ? b : run(Slice, { x: b }, { begin: b.shape.map(() => 0), size: b.shape }),
      },
      attrs: { ...attrs, transposeA: false, transposeB: false },
      backend,
    });
  });
}

/** Rows and columns with which data was first a right operand. */
const shapesOfRight = new WeakMap<TensorInfo['dataId'], string>();

/**
 * Whether the stock kernel may be given this right operand: it packs the first product's operand and finds it again by
 * its data alone, so the same data in another shape (a reshape, a free transpose) would be multiplied as it was packed.
 * Such data has to be copied.
 */
function isKnownShape({ dataId, shape }: TensorInfo): boolean {
  const own = shape.slice(-2).join();
  const first = shapesOfRight.get(dataId);
  if (first === undefined) shapesOfRight.set(dataId, own);
  return first === undefined || first === own;
}

function transposed(matrices: TensorInfo, run: Run): TensorInfo {
  const { shape } = matrices;
  const last = shape.length - 1;
  const perm = [...shape.keys()].slice(0, -2).concat(last, last - 1);
  // The transpose of a vector is the same elements in the same order.
  if (shape[last] === 1 || shape[last - 1] === 1)
    return viewed(
      matrices,
      perm.map((axis) => shape[axis]!),
    );
  return run(Transpose, { x: matrices }, { perm });
}
