import { engine, FusedBatchNorm, ones, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Without a scale or an offset, `tf.batchNorm` names tensors that are not there among its inputs, and recording them for a gradient fails. Here a scale that is not given
 * is one, which changes no bit, and an offset that is not given is no input.
 */
export function completeBatchNorm(): void {
  const running = engine();
  const stock = running.runKernel.bind(running) as (...call: Parameters<typeof running.runKernel>) => never;
  running.runKernel = (kernelName, inputs, attrs) =>
    stock(kernelName, kernelName === FusedBatchNorm ? complete(inputs as Inputs) : inputs, attrs);
}

interface Inputs extends Record<string, Tensor> {
  readonly mean: Tensor;
}

function complete(inputs: Inputs): Inputs {
  const given = Object.entries(inputs).filter(([, tensor]) => (tensor as Tensor | undefined) !== undefined);
  const { mean } = inputs;
  return { scale: ones(mean.shape), ...Object.fromEntries(given), mean };
}
