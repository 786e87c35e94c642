import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  _FusedMatMul,
  Add,
  BatchMatMul,
  Conv2D,
  DepthwiseConv2dNative,
  Elu,
  FusedConv2D,
  FusedDepthwiseConv2D,
  LeakyRelu,
  Prelu,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { type Correction, correction, type Run, scoped } from '../kernel.ts';

interface Inputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

interface Attributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/**
 * A product or a convolution, then its bias, then its activation. The stock kernels are as slow as the stock
 * products. With a bias and a transposed operand, they add the bias to a wrong product.
 */
export const fused: readonly Correction[] = [
  [_FusedMatMul, BatchMatMul],
  [FusedConv2D, Conv2D],
].map(([kernelName, linear]) =>
  correction<Inputs & Record<string, TensorInfo>, Attributes>(kernelName!, () => (call) => {
    const { inputs, attrs, backend } = call;
    const { bias, preluActivationWeights, ...operands } = inputs;
    return scoped(backend, (run) => {
      const product = run(linear!, operands, attrs);
      const sum = bias === undefined ? product : run(Add, { a: product, b: bias });
      return activated(kernelName!, sum, attrs, preluActivationWeights, run);
    });
  }),
);

/**
 * The stock kernel is fast. But relu and relu6 replace NaN by a bound, so they run after it. It also refuses
 * a bias that was reshaped, because it looks at the shape in which the data were written.
 */
export const fusedDepthwise: Correction = correction<Inputs & Record<string, TensorInfo>, Attributes>(
  FusedDepthwiseConv2D,
  (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    const { bias, preluActivationWeights, ...operands } = inputs;
    if (bias !== undefined && writtenAs(bias, backend).length !== 1)
      return scoped(backend, (run) => {
        const sum = run(Add, { a: run(DepthwiseConv2dNative, operands, attrs), b: bias });
        return activated(FusedDepthwiseConv2D, sum, attrs, preluActivationWeights, run);
      });
    if (attrs.activation !== 'relu' && attrs.activation !== 'relu6') return stock(call);
    const sum = stock({ ...call, attrs: { ...attrs, activation: 'linear' } });
    try {
      return scoped(backend, (run) => activated(FusedDepthwiseConv2D, sum, attrs, undefined, run));
    } finally {
      backend.disposeData(sum.dataId);
    }
  },
);

function writtenAs({ dataId }: TensorInfo, backend: BackendWasm): readonly number[] {
  const { dataIdMap } = backend as unknown as {
    readonly dataIdMap: { get(dataId: object): { readonly shape: readonly number[] } };
  };
  return dataIdMap.get(dataId).shape;
}

function activated(
  kernelName: string,
  x: TensorInfo,
  { activation = 'linear', leakyreluAlpha }: Attributes,
  alpha: TensorInfo | undefined,
  run: Run,
): TensorInfo {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return run(Relu, { x });
    case 'relu6':
      return run(Relu6, { x });
    case 'elu':
      return run(Elu, { x });
    case 'sigmoid':
      return run(Sigmoid, { x });
    case 'leakyrelu':
      return run(LeakyRelu, { x }, { alpha: leakyreluAlpha });
    case 'prelu':
      return run(Prelu, { x, alpha: alpha! });
    default:
      throw new Error(
        `${kernelName} on the wasm backend has no activation '${activation}'. Apply it to the result instead.`,
      );
  }
}
