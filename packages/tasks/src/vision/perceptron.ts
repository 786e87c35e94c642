import {
  add,
  matMul,
  type Rank,
  relu,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { normals, STREAM } from '../random.ts';
import { createVariable } from '../variables.ts';

/** One dense layer: kernel [inputs, outputs], bias [outputs]. */
export interface Dense {
  readonly kernel: Variable<Rank.R2>;
  readonly bias: Variable<Rank.R1>;
}

/** The layers between these widths, under the names `${owner}/dense1/kernel` and so on: kernels N(0, 2 / inputs) (He et al., arXiv 1502.01852), biases 0. */
export function createPerceptron(owner: string, widths: readonly number[], seed: number): Dense[] {
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer]!;
    const name = `${owner}/dense${layer + 1}`;
    const kernel = normals(inputs * outputs, Math.sqrt(2 / inputs), seed, STREAM.weights, layer);
    return {
      kernel: createVariable<Rank.R2>(`${name}/kernel`, kernel, [inputs, outputs]),
      bias: createVariable<Rank.R1>(`${name}/bias`, new Float32Array(outputs), [outputs]),
    };
  });
}

/** Inputs [examples, widths[0]] to outputs [examples, last width], with ReLU between the layers. */
export function perceptron(layers: readonly Dense[], inputs: Tensor2D): Tensor2D {
  return layers.reduce((activation: Tensor2D, { kernel, bias }, layer) => {
    const output = add<Tensor2D>(matMul(activation, kernel), bias as Tensor1D);
    return layer < layers.length - 1 ? relu(output) : output;
  }, inputs);
}
