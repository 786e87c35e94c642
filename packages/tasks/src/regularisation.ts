import { finiteNumber, randomFrom } from '@scalpel/core';
import { mul, type Optimizer, type Tensor2D, tensor2d, tidy, type Variable } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { OptionalNumber } from './number-option.ts';
import { STREAM } from './random.ts';

/** Options of a task on data, for a fair tuning of its main objective. All are absent by default. */
export interface RegularisationOptions {
  /** Decoupled weight decay of all kernels: before each step they shrink by the factor 1 − rate · decay. */
  readonly weightDecay?: number | undefined;
  /** The probability with which dropout leaves out a feature of the hidden layers. */
  readonly dropout?: number | undefined;
}

export const regularisationOptions: {
  readonly weightDecay: OptionalNumber;
  readonly dropout: OptionalNumber;
} = {
  weightDecay: v.optional(v.pipe(finiteNumber, v.gtValue(0))),
  dropout: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.ltValue(1))),
};

/**
 * Adds decoupled weight decay (Loshchilov, Hutter, ICLR 2019, arXiv 1711.05101) to an optimizer. It is no
 * part of the gradients, so combiners do not see it.
 */
export function withDecay<Own extends Optimizer>(
  optimizer: Own,
  decay: number | undefined,
  variables: readonly Variable[],
): Own {
  if (decay === undefined) return optimizer;
  const kernels = variables.filter(({ rank }) => rank > 1);
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (gradients) => {
    // The trainer sets it before each step.
    const { learningRate } = optimizer as unknown as { readonly learningRate: number };
    tidy(() => {
      for (const kernel of kernels) kernel.assign(mul(kernel, 1 - learningRate * decay));
    });
    apply(gradients);
  };
  return optimizer;
}

/**
 * The masks of dropout (Srivastava et al., JMLR 2014) for one step, [batch, width] for each width: 0 with the
 * given probability, or else 1 / (1 − probability). They depend on (seed, step) alone and belong to the batch,
 * so that all objectives of a step leave out the same features.
 */
export function dropoutMasks(
  probability: number,
  batch: number,
  widths: readonly number[],
  seed: number,
  step: number,
): Tensor2D[] {
  const random = randomFrom(seed, STREAM.dropout, step);
  return widths.map((width) => {
    const values = Float32Array.from({ length: batch * width }, () =>
      random() < probability ? 0 : 1 / (1 - probability),
    );
    return tensor2d(values, [batch, width]);
  });
}
