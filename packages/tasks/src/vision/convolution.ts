import { add, conv2d, type Rank, type Tensor1D, type Tensor4D, type Variable } from '@tensorflow/tfjs-core';
import { normals, STREAM } from '../random.ts';
import { createVariable } from '../variables.ts';

/** Kernel [size, size, inputs, outputs], bias [outputs]. */
export interface Convolution {
  readonly kernel: Variable<Rank.R4>;
  readonly bias: Variable<Rank.R1>;
  readonly stride: number;
}

/**
 * Creates the convolutions of one network. Each has random numbers of its own: kernels N(0, 2 / (size² ·
 * inputs)) (He et al., arXiv 1502.01852), biases 0.
 */
export function convolutionsOf(
  owner: string,
  seed: number,
): (name: string, size: number, inputs: number, outputs: number, stride?: number) => Convolution {
  let layer = 0;
  return (name, size, inputs, outputs, stride = 1) => {
    const fan = size * size * inputs;
    const kernel = normals(fan * outputs, Math.sqrt(2 / fan), seed, STREAM.weights, layer++);
    return {
      kernel: createVariable<Rank.R4>(`${owner}/${name}/kernel`, kernel, [size, size, inputs, outputs]),
      bias: createVariable<Rank.R1>(`${owner}/${name}/bias`, new Float32Array(outputs), [outputs]),
      stride,
    };
  };
}

/**
 * From [examples, height, width, inputs] to [examples, height / stride, width / stride, outputs], rounded up.
 * The padding is zero.
 */
export function convolve({ kernel, bias, stride }: Convolution, x: Tensor4D): Tensor4D {
  return add<Tensor4D>(conv2d(x, kernel, stride, 'same'), bias as Tensor1D);
}
