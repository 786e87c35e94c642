import {
  add,
  div,
  moments,
  mul,
  type Rank,
  reshape,
  sqrt,
  sub,
  type Tensor1D,
  type Tensor4D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { createVariable } from '../variables.ts';

/** Gain and offset of each channel, [channels]. */
export interface GroupNorm {
  readonly gain: Variable<Rank.R1>;
  readonly offset: Variable<Rank.R1>;
}

/** Added to the variance, because the variance of a constant picture is 0. */
const LEAST = 1e-5;

/** Gains 1, offsets 0. */
export function createGroupNorm(name: string, channels: number): GroupNorm {
  return {
    gain: createVariable<Rank.R1>(`${name}/gain`, new Float32Array(channels).fill(1), [channels]),
    offset: createVariable<Rank.R1>(`${name}/offset`, new Float32Array(channels), [channels]),
  };
}

/**
 * Normalises [examples, height, width, channels]. All values of an example together get mean 0 and variance
 * 1. Then each channel gets its gain and offset.
 */
export function groupNorm({ gain, offset }: GroupNorm, x: Tensor4D): Tensor4D {
  const examples = reshape(x, [x.shape[0], -1]);
  const { mean, variance } = moments(examples, 1, true);
  const standard = div(sub(examples, mean), sqrt(add(variance, LEAST)));
  return add<Tensor4D>(mul(reshape(standard, x.shape), gain as Tensor1D), offset as Tensor1D);
}
