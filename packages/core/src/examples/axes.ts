import * as tf from '@tensorflow/tfjs-core';
import type { Attributes } from '../tape/engine.ts';

/*
 * Where examples are in the tensors of an operation. One axis of a tensor holds all examples, one after
 * another: an axis of 64 positions holds 16 examples of 4 positions each. From the axis of the output follows
 * that of each input, if the operation keeps examples apart.
 */

/** An input of an operation. */
interface Input {
  readonly name: string;
  readonly shape: readonly number[];
  readonly output: readonly number[];
  readonly attrs: Attributes;
}

/**
 * The axis of the examples in an input, given that of the output. `shared` if the input has no such axis: all
 * examples use all of it. Null if examples meet in the operation.
 */
type AxisOf = (axis: number, input: Input, examples: number) => number | 'shared' | null;

/** Operations on single elements, where shapes are aligned at their last axes. */
const aligned: AxisOf = (axis, { shape, output }) => {
  const own = axis - output.length + shape.length;
  if (own < 0 || (shape[own] === 1 && output[axis] !== 1)) return 'shared';
  return shape[own] === output[axis] ? own : null;
};

/** Operations on images: the first axis numbers them. */
const images: AxisOf = (axis, { name }) => (axis > 0 ? null : name === 'filter' ? 'shared' : 0);

/** Operations along some axes, which leave the length and order of the others alone. */
const along =
  (attribute: string): AxisOf =>
  (axis, { shape, attrs }) =>
    axesIn(attrs[attribute], shape).includes(axis) ? null : axis;

/** Operations that change an axis only if they change its length. */
const ofSameLength: AxisOf = (axis, { shape, output }) => (shape[axis] === output[axis] ? axis : null);

const reduced: AxisOf = (axis, { shape, attrs }) => {
  const gone = axesIn(attrs.axis ?? attrs.reductionIndices, shape);
  const left = shape.flatMap((_, own) => (attrs.keepDims || !gone.includes(own) ? [own] : []));
  return gone.includes(left[axis]!) ? null : left[axis]!;
};

/** Keeps the elements in their order, under another shape. */
const reshaped: AxisOf = (axis, { shape, output }, examples) => {
  const size = (of: readonly number[], first: number) => of.slice(first).reduce((a, b) => a * b, 1);
  const perExample = size(output, axis) / examples;
  const own = shape.findIndex(
    (_, first) => size(shape, first) === perExample * examples && perExample % size(shape, first + 1) === 0,
  );
  return own < 0 ? null : own;
};

const stacked: AxisOf = (axis, { output, attrs }) => {
  const [added] = axesIn(attrs.axis, output);
  return axis === added ? null : axis > added! ? axis - 1 : axis;
};

const unstacked: AxisOf = (axis, { shape, attrs }) =>
  axis < axesIn(attrs.axis, shape)[0]! ? axis : axis + 1;

const gathered: AxisOf = (axis, { name, shape, output, attrs }) => {
  if (attrs.batchDims) return null;
  const indices = name === 'indices' ? shape.length : output.length - shape.length + 1;
  const along = (attrs.axis as number) + (Number(attrs.axis) < 0 ? output.length - indices + 1 : 0);
  const isInIndices = axis >= along && axis < along + indices;
  if (name === 'indices') return isInIndices ? axis - along : 'shared';
  if (isInIndices) return 'shared';
  return axis < along ? axis : axis - indices + 1;
};

const multiplied: AxisOf = (axis, input, examples) => {
  const { name, shape, output, attrs } = input;
  const [fromEnd, rank] = [output.length - axis, shape.length];
  if (fromEnd > 2) return aligned(axis, input, examples);
  // Rows of the product come from rows of a, columns from columns of b.
  if ((fromEnd === 2) !== (name === 'a')) return 'shared';
  return attrs[name === 'a' ? 'transposeA' : 'transposeB'] ? rank - 3 + fromEnd : rank - fromEnd;
};

const tiled: AxisOf = (axis, input, examples) =>
  ofSameLength(axis, input, examples) ?? (input.shape[axis] === 1 ? 'shared' : null);

const KINDS: readonly (readonly [AxisOf, string])[] = [
  [
    aligned,
    'Abs Acos Acosh Add AddN Asin Asinh Atan Atan2 Atanh Cast Ceil ClipByValue Cos Cosh Elu Erf Exp Expm1 Floor FusedBatchNorm Identity LeakyRelu Log Log1p logSigmoid__op Maximum Minimum Mod Multiply Neg Pow Prelu RealDiv Reciprocal Relu Relu6 Round Rsqrt Select Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square SquaredDifference Step Sub Tan Tanh',
  ],
  [
    images,
    'AvgPool AvgPool3D Conv2D Conv2DBackpropInput Conv3D DepthwiseConv2dNative LRN MaxPool MaxPool3D ResizeBilinear ResizeNearestNeighbor',
  ],
  [ofSameLength, 'MirrorPad PadV2 Slice'],
  [along('axis'), 'Concat Cumprod Cumsum SplitV'],
  [along('dim'), 'Softmax'],
  [along('dims'), 'Reverse'],
  [reduced, 'Max Mean Min Prod Sum'],
  [reshaped, 'ExpandDims Reshape'],
  [stacked, 'Pack'],
  [unstacked, 'Unpack'],
  [(axis, { attrs }) => (attrs.perm as number[])[axis]!, 'Transpose'],
  [gathered, 'GatherV2'],
  [multiplied, 'BatchMatMul'],
  [tiled, 'Tile'],
  // Both work along the last axis, and the second takes it away.
  [(axis, { shape }) => (axis === shape.length - 1 ? null : axis), 'logSoftmax__op'],
  [(axis) => axis, 'softmaxCrossEntropy__op'],
];

/** The operations that keep examples apart, at least along some axes. */
export const axisOf: ReadonlyMap<string, AxisOf> = new Map(
  KINDS.flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const)),
);

function axesIn(axis: unknown, shape: readonly number[]): number[] {
  return tf.util.parseAxisParam(axis as number | number[], [...shape]);
}
