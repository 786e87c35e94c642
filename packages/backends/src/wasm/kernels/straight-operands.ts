import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
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
  if (!attrs.transposeA && !attrs.transposeB) return multiply(call);
  return scoped(backend, (run) =>
    multiply({
      inputs: {
        ...inputs,
        a: attrs.transposeA ? transposed(inputs.a, run) : inputs.a,
        b: attrs.transposeB ? transposed(inputs.b, run) : inputs.b,
      },
      attrs: { ...attrs, transposeA: false, transposeB: false },
      backend,
    }),
  );
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
