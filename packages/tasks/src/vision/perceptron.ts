import {
  add,
  matMul,
  mul,
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

/**
 * Creates a layer with the variables `${name}/kernel` and `${name}/bias`: kernel N(0, 2 / inputs) (He et al.,
 * arXiv 1502.01852), bias 0.
 */
export function createDense(
  name: string,
  inputs: number,
  outputs: number,
  ...seeds: readonly number[]
): Dense {
  const kernel = normals(inputs * outputs, Math.sqrt(2 / inputs), ...seeds);
  return {
    kernel: createVariable<Rank.R2>(`${name}/kernel`, kernel, [inputs, outputs]),
    bias: createVariable<Rank.R1>(`${name}/bias`, new Float32Array(outputs), [outputs]),
  };
}

/** Creates the layers between these widths. Their names are `${owner}/dense1/kernel` and so on. */
export function createPerceptron(owner: string, widths: readonly number[], seed: number): Dense[] {
  return widths
    .slice(1)
    .map((outputs, layer) =>
      createDense(`${owner}/dense${layer + 1}`, widths[layer]!, outputs, seed, STREAM.weights, layer),
    );
}

/** From inputs [examples, inputs] to outputs [examples, outputs]. */
export function dense({ kernel, bias }: Dense, inputs: Tensor2D): Tensor2D {
  return add<Tensor2D>(matMul(inputs, kernel), bias as Tensor1D);
}

/**
 * From inputs [examples, widths[0]] to outputs [examples, last width], with ReLU between the layers. `masks`
 * multiply the hidden layers.
 */
export function perceptron(
  layers: readonly Dense[],
  inputs: Tensor2D,
  masks?: readonly Tensor2D[],
): Tensor2D {
  return layers.reduce((activation: Tensor2D, top, layer) => {
    const output = dense(top, activation);
    if (layer === layers.length - 1) return output;
    return masks ? mul(relu(output), masks[layer]!) : relu(output);
  }, inputs);
}
