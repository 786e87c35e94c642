/** A picture, or the output of a layer, in float64. */
export interface Plane {
  readonly side: number;
  readonly channels: number;
  /** The values row by row, with channels fastest. */
  readonly values: ArrayLike<number>;
}

/**
 * A convolution with "same" padding, written from its definition: kernel [size, size, inputs, outputs], bias
 * [outputs].
 */
export function convolved(
  { side, channels, values }: Plane,
  kernel: ArrayLike<number>,
  bias: ArrayLike<number>,
  stride: number,
): Plane {
  const outputs = bias.length;
  const size = Math.sqrt(kernel.length / channels / outputs);
  const outSide = Math.ceil(side / stride);
  const before = Math.floor(Math.max(0, (outSide - 1) * stride + size - side) / 2);
  const result = new Float64Array(outSide * outSide * outputs);
  for (let row = 0; row < outSide; row++) {
    for (let column = 0; column < outSide; column++) {
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const y = row * stride + i - before;
          const x = column * stride + j - before;
          if (y < 0 || x < 0 || y >= side || x >= side) continue;
          for (let input = 0; input < channels; input++) {
            const value = values[(y * side + x) * channels + input]!;
            const weights = ((i * size + j) * channels + input) * outputs;
            const to = (row * outSide + column) * outputs;
            for (let output = 0; output < outputs; output++)
              result[to + output]! += value * kernel[weights + output]!;
          }
        }
      }
    }
  }
  return { side: outSide, channels: outputs, values: result.map((sum, at) => sum + bias[at % outputs]!) };
}

export function rectified({ values, ...plane }: Plane): Plane {
  return { ...plane, values: Float64Array.from(values, (x) => Math.max(0, x)) };
}

/** Mean 0 and variance 1 over all values, then the gain and offset of each channel. */
export function standardised(
  { values, ...plane }: Plane,
  gain: ArrayLike<number>,
  offset: ArrayLike<number>,
): Plane {
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
  return {
    ...plane,
    values: Float64Array.from(all, (x, at) => {
      const channel = at % plane.channels;
      return (gain[channel]! * (x - mean)) / Math.sqrt(variance + 1e-5) + offset[channel]!;
    }),
  };
}

/** The mean of each channel. */
export function pooled({ side, channels, values }: Plane): number[] {
  const means = new Array<number>(channels).fill(0);
  for (let at = 0; at < values.length; at++) means[at % channels]! += values[at]! / side ** 2;
  return means;
}

/**
 * Features of the network of three convolutions. `parameters` are the kernel and the bias of each in turn.
 */
export function cnnFeatures(parameters: readonly ArrayLike<number>[], picture: ArrayLike<number>): number[] {
  const input: Plane = { side: 28, channels: 1, values: picture };
  return pooled(
    [1, 2, 2].reduce(
      (x, stride, layer) =>
        rectified(convolved(x, parameters[2 * layer]!, parameters[2 * layer + 1]!, stride)),
      input,
    ),
  );
}

/** −log of the softmax at the label, for the logits kernel · features + bias. */
export function surprise(
  features: readonly number[],
  kernel: ArrayLike<number>,
  bias: ArrayLike<number>,
  label: number,
): number {
  const logits = Array.from(bias, (offset, output) =>
    features.reduce((sum, x, input) => sum + x * kernel[input * bias.length + output]!, offset),
  );
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[label]!;
}
