import {
  Add,
  Atan2,
  Equal,
  FloorDiv,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
  LogicalXor,
  Maximum,
  Minimum,
  Mod,
  Multiply,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  NotEqual,
  PadV2,
  Pow,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { runCpuKernel } from '../cpu-kernel.ts';
import { type Correction, correction, viewed } from '../kernel.ts';

/** The most axes that XNNPACK takes. */
const MOST_AXES = 6;

const BINARY: readonly string[] = [
  ...[Add, Atan2, Equal, FloorDiv, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr, LogicalXor],
  ...[Maximum, Minimum, Mod, Multiply, NotEqual, Pow, RealDiv, SquaredDifference, Sub],
];

const pad: Correction = correction<{ readonly x: TensorInfo } & NamedTensorInfoMap, NamedAttrMap>(
  PadV2,
  (stock) => (call) => (call.inputs.x.shape.length > MOST_AXES ? runCpuKernel(PadV2, call) : stock(call)),
);

/**
 * For two tensors with more than six axes, the stock kernels compute nothing and return arbitrary memory. If
 * both have one shape, or if one has a single element, this correction passes them on as vectors. Otherwise
 * it runs the kernel of the cpu backend.
 */
const binary: readonly Correction[] = BINARY.map((kernelName) =>
  correction<{ readonly a: TensorInfo; readonly b: TensorInfo }, NamedAttrMap>(
    kernelName,
    (stock) => (call) => {
      const { a, b } = call.inputs;
      if (Math.max(a.shape.length, b.shape.length) <= MOST_AXES) return stock(call);
      const [sizeOfA, sizeOfB] = [a, b].map(({ shape }) => util.sizeFromShape(shape)) as [number, number];
      const longer = a.shape.length >= b.shape.length ? a.shape : b.shape;
      const isSame = util.arraysEqual(a.shape, b.shape);
      const isOne =
        util.sizeFromShape(longer) === Math.max(sizeOfA, sizeOfB) && Math.min(sizeOfA, sizeOfB) === 1;
      if (!isSame && !isOne) return runCpuKernel(kernelName, { ...call, inputs: { a, b } });
      const inputs = { a: viewed(a, [sizeOfA]), b: viewed(b, [sizeOfB]) };
      return viewed(stock({ ...call, inputs }), longer);
    },
  ),
);

export const manyAxes: readonly Correction[] = [...binary, pad];
