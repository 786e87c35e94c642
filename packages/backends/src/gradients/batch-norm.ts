import { engine, FusedBatchNorm, ones, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Without a scale or an offset, `tf.batchNorm` lists missing tensors among its inputs, and recording its
 * gradient fails. This correction uses a scale of one, which changes no bit, and leaves a missing offset out
 * of the inputs.
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
