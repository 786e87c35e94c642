import {
  AvgPool3D,
  AvgPool3DGrad,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  MaxPool3D,
  MaxPool3DGrad,
  PadV2,
  Slice,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, type Kernel, run } from './kernel.ts';

type Triple = readonly [number, number, number];

interface Attributes {
  readonly pad: 'same' | 'valid' | number;
  readonly strides: number | Triple;
  readonly dilations?: number | Triple;
  /** Given for pools. */
  readonly filterSize?: number | Triple;
  /** Given for the gradients of convolutions. */
  readonly filterShape?: readonly number[];
  readonly inputShape?: readonly number[];
}

/**
 * The input that each kernel reads through windows. It is null for the gradient with respect to that input.
 */
const READ: Readonly<Record<string, 'x' | 'input' | null>> = {
  [AvgPool3D]: 'x',
  [AvgPool3DGrad]: 'input',
  [Conv3D]: 'x',
  [Conv3DBackpropFilterV2]: 'x',
  [Conv3DBackpropInputV2]: null,
  [MaxPool3D]: 'x',
  [MaxPool3DGrad]: 'input',
};

/** Kernels whose result is a gradient with the shape of that input. */
const OF_INPUT: readonly string[] = [AvgPool3DGrad, Conv3DBackpropInputV2, MaxPool3DGrad];

/**
 * With padding `'same'` and strides larger than the window, some elements are outside of all windows. In
 * three dimensions TensorFlow.js counts them as negative padding, and its first window begins too late. (In
 * two dimensions it does not.) This correction removes these elements first. Their gradient is zero.
 */
export const samePadding3D: readonly Correction[] = corrections<Attributes>(
  Object.keys(READ),
  (stock, kernelName, backendName) => (call) => {
    const { inputs, attrs, backend } = call;
    const name = READ[kernelName]!;
    const shape = name === null ? attrs.inputShape! : inputs[name]!.shape;
    const seen = attrs.pad === 'same' ? seenOf(shape, attrs, inputs.filter) : shape;
    if (seen.every((length, axis) => length === shape[axis])) return stock(call);
    const made: TensorInfo[] = [];
    const keep = (tensor: TensorInfo): TensorInfo => {
      made.push(tensor);
      return tensor;
    };
    try {
      const cut = (x: TensorInfo): TensorInfo =>
        keep(run(Slice, { x }, { begin: seen.map(() => 0), size: [...seen] }, backendName, backend));
      const given = name === null ? inputs : { ...inputs, [name]: cut(inputs[name]!) };
      const result = stock({ ...call, inputs: given, attrs: { ...attrs, inputShape: seen } });
      if (!OF_INPUT.includes(kernelName)) return result;
      const paddings = seen.map((length, axis) => [0, shape[axis]! - length]);
      return run(PadV2, { x: keep(result) }, { paddings, constantValue: 0 }, backendName, backend);
    } finally {
      for (const { dataId } of made) backend.disposeData(dataId);
    }
  },
);

/** The part of [batch, depth, height, width, channels] that the windows reach, as a shape. */
function seenOf(
  shape: readonly number[],
  { strides, dilations = 1, filterSize, filterShape }: Attributes,
  filter: Parameters<Kernel<Attributes>>[0]['inputs'][string] | undefined,
): number[] {
  const [stride, dilation] = [triple(strides), triple(dilations)];
  const window = filterSize === undefined ? (filterShape ?? filter!.shape) : triple(filterSize);
  return shape.map((length, axis) => {
    if (axis === 0 || axis === 4) return length;
    const steps = Math.ceil(length / stride[axis - 1]!) - 1;
    const reach = steps * stride[axis - 1]! + (window[axis - 1]! - 1) * dilation[axis - 1]! + 1;
    return Math.min(length, Math.max(0, reach));
  });
}

function triple(value: number | Triple): Triple {
  return typeof value === 'number' ? [value, value, value] : value;
}
