import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { renumber } from '../in-place.ts';
import { type Correction, correction, viewed } from '../kernel.ts';
import { functionsOf } from '../modules/functions.ts';
import { addressOf } from '../modules/heap.ts';

/**
 * The name of our own kernel. It does the work of `tf.train.adam` for one variable, in one pass and with the
 * same rounding.
 */
export const AdamStep = 'AdamStep';

interface AdamStepInputs {
  readonly value: TensorInfo;
  readonly firstMoment: TensorInfo;
  readonly secondMoment: TensorInfo;
  readonly gradient: TensorInfo;
}

export interface AdamStepAttributes {
  readonly beta1: number;
  readonly beta2: number;
  /** 1 − β₁ᵗ */
  readonly correction1: number;
  /** 1 − β₂ᵗ */
  readonly correction2: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

/**
 * Gives the new value and moments. They replace the old ones in memory if nothing else refers to the old
 * data.
 */
export const adamStep: Correction = correction<
  AdamStepInputs & Record<string, TensorInfo>,
  AdamStepAttributes,
  TensorInfo[]
>(AdamStep, () => ({ inputs, attrs, backend }) => {
  const { value, firstMoment, secondMoment, gradient } = inputs;
  const before = [value, firstMoment, secondMoment];
  const after = before.map((tensor) => successor(tensor, backend));
  const address = (tensor: TensorInfo): number => addressOf(backend, tensor);
  const [v, m, s, nextV, nextM, nextS] = [...before, ...after].map(address) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  functionsOf(backend).adam(
    v,
    m,
    s,
    address(gradient),
    nextV,
    nextM,
    nextS,
    util.sizeFromShape(value.shape),
    attrs.beta1,
    1 - attrs.beta1,
    attrs.beta2,
    1 - attrs.beta2,
    attrs.correction1,
    attrs.correction2,
    attrs.epsilon,
    -attrs.learningRate,
  );
  return after;
});

function successor(tensor: TensorInfo, backend: BackendWasm): TensorInfo {
  if (backend.refCount(tensor.dataId) > 1) return backend.makeOutput(tensor.shape, 'float32');
  renumber(tensor, backend);
  backend.incRef(tensor.dataId);
  return viewed(tensor, tensor.shape);
}
