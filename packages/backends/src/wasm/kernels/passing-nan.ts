import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  ClipByValue,
  IsNan,
  Maximum,
  Minimum,
  Relu,
  Relu6,
  Select,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { type Correction, correction, scoped } from '../kernel.ts';
import { functionsOf } from '../modules/functions.ts';
import { addressOf } from '../modules/heap.ts';

interface Pair {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Bounds {
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

/**
 * If one operand is NaN, the stock kernels return the first operand, so a NaN in the second operand is lost.
 * This correction puts a single number second, as in `tf.maximum(x, 0)`. Otherwise it computes both orders.
 */
const extremes: readonly Correction[] = [Maximum, Minimum].map((kernelName) =>
  correction<Pair & Record<string, TensorInfo>, object>(kernelName, (stock) => (call) => {
    const { inputs, backend } = call;
    const { a, b } = inputs;
    if (a.dtype !== 'float32') return stock(call);
    const isNumber = (x: TensorInfo): boolean =>
      util.sizeFromShape(x.shape) === 1 && !Number.isNaN(first(x, backend));
    if (isNumber(b)) return stock(call);
    const swapped = stock({ ...call, inputs: { a: b, b: a } });
    if (isNumber(a)) return swapped;
    const straight = stock(call);
    const result = scoped(backend, (run) =>
      run(Select, { condition: run(IsNan, { x: swapped }), t: swapped, e: straight }),
    );
    for (const { dataId } of [swapped, straight]) backend.disposeData(dataId);
    return result;
  }),
);

function first({ dataId }: TensorInfo, backend: BackendWasm): number {
  return (backend.readSync(dataId, 0, 1) as Float32Array)[0]!;
}

/** The stock kernels replace NaN by a bound. For instance relu turns NaN into 0. */
function clamping<Attributes>(
  kernelName: string,
  bounds: (attrs: Attributes) => readonly [number, number],
): Correction {
  return correction<{ x: TensorInfo }, Attributes>(kernelName, (stock) => (call) => {
    const { x } = call.inputs;
    const { backend } = call;
    if (x.dtype !== 'float32') return stock(call);
    const output = backend.makeOutput(x.shape, 'float32');
    const [from, to] = [addressOf(backend, x), addressOf(backend, output)];
    functionsOf(backend).clamp(from, to, util.sizeFromShape(x.shape), ...bounds(call.attrs));
    return output;
  });
}

export const passingNaN: readonly Correction[] = [
  ...extremes,
  clamping<Bounds>(ClipByValue, ({ clipValueMin, clipValueMax }) => [clipValueMin, clipValueMax]),
  clamping(Relu, () => [0, Number.POSITIVE_INFINITY]),
  clamping(Relu6, () => [0, 6]),
];
