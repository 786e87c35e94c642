import * as tf from '@tensorflow/tfjs-core';
import type { Step, Use } from './follow.ts';
import { type ExampleGradients, transposed } from './gradients.ts';
import { axisIn, type Operation } from './operation.ts';

/** The examples of a step of the backward pass: the gradient of an operation's output, and their axis there. */
interface Examples {
  readonly count: number;
  readonly axis: number;
  readonly dy: tf.Tensor;
}

/** The gradients of the examples with respect to the variable in one use. */
export function gradientsOf(
  { operation, axis }: Step,
  use: Use,
  dy: tf.Tensor,
  count: number,
): ExampleGradients {
  const examples = { count, axis, dy };
  const rule = use.name === 'bias' ? whole : (RULES[operation.kernelName] ?? oneByOne);
  return use.views.reduce<ExampleGradients>(
    (gradients, { kernelName, attrs, outputs }) => {
      if (kernelName !== 'Transpose') return gradients;
      return transposed(gradients, outputs[0]!.shape, attrs!.perm as number[]);
    },
    rule(operation, use, examples),
  );
}

type Rule = (operation: Operation, use: Use, examples: Examples) => ExampleGradients;

/** y = x + v: the gradient itself, summed up where v is repeated. */
const whole: Rule = (_, { shape }, examples) => summed(examples.dy, shape, examples);

const RULES: Readonly<Record<string, Rule>> = {
  Add: whole,
  AddN: whole,
  Tile: whole,
  Sub: (operation, use, examples) =>
    whole(operation, use, use.name === 'a' ? examples : { ...examples, dy: tf.neg(examples.dy) }),
  Multiply: ({ saved }, { name, shape }, examples) => {
    const other = saved.find((one) => one.name !== name)!.tensor;
    return summed(tf.mul(examples.dy, other), shape, examples);
  },
  BatchMatMul: multiplied,
  GatherV2: (operation, use, examples) => {
    const { attrs, saved } = operation;
    if (tf.util.parseAxisParam(attrs.axis as number, [...use.shape])[0] !== 0)
      return oneByOne(operation, use, examples);
    const indices = saved.find(({ name }) => name === 'indices')!.tensor;
    const { count, axis, dy } = examples;
    const numbers = tf.reshape(examplesFirst(tf.cast(indices, 'int32'), axis, count), [count, -1]);
    const columns = use.shape.slice(1).reduce((a, b) => a * b, 1);
    const b = tf.reshape(examplesFirst(dy, axis, count), [count, -1, columns]) as tf.Tensor3D;
    return { a: numbers, width: use.shape[0]!, b };
  },
};

/** A product of matrices y = a · v or v · b, at all positions of an example. */
function multiplied(operation: Operation, use: Use, examples: Examples): ExampleGradients {
  const { attrs, saved } = operation;
  const isMatrix = use.shape.slice(0, -2).every((length) => length === 1);
  if (!isMatrix) return oneByOne(operation, use, examples);
  const { count, axis, dy } = examples;
  const isLeft = use.name === 'a';
  const other = saved.find(({ name }) => name === (isLeft ? 'b' : 'a'))!;
  const otherAxis = axisIn(operation, other.name!, other.tensor.shape, axis, count) as number;
  // The channels of the other factor are those that the sum runs over. Those of the output are the rest.
  const [turns, own] = isLeft
    ? [attrs.transposeB !== true, attrs.transposeA]
    : [attrs.transposeA === true, attrs.transposeB];
  const inputs = positions(other.tensor, otherAxis, count, turns);
  const outputs = positions(dy, axis, count, isLeft);
  const [a, b] = isLeft === (own === true) ? [inputs, outputs] : [outputs, inputs];
  return { a, width: a.shape[2], b };
}

/** [examples, positions, channels]. `turns` where the channels are the last axis but one. */
function positions(x: tf.Tensor, axis: number, count: number, turns: boolean): tf.Tensor3D {
  const first = examplesFirst(x, axis, count);
  const { rank, shape } = first;
  if (!turns) return tf.reshape(first, [count, -1, shape.at(-1)!]);
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return tf.reshape(tf.transpose(first, perm), [count, -1, shape.at(-2)!]);
}

/** Splits the axis of the examples in two, and brings that of the examples to the front. */
function examplesFirst(x: tf.Tensor, axis: number, count: number): tf.Tensor {
  const split = [...x.shape.slice(0, axis), count, x.shape[axis]! / count, ...x.shape.slice(axis + 1)];
  const whole = tf.reshape(x, split);
  if (axis === 0) return whole;
  return tf.transpose(whole, [axis, ...[...split.keys()].filter((own) => own !== axis)]);
}

/** For each example, the sum over the axes along which a tensor of this shape was repeated. */
function summed(dy: tf.Tensor, shape: readonly number[], { count, axis }: Examples): ExampleGradients {
  const first = examplesFirst(dy, axis, count);
  const missing = first.rank - 1 - shape.length;
  const axes = first.shape.flatMap((_, own) => {
    const inShape = own - 1 - missing;
    return own > 0 && (inShape < 0 || shape[inShape] === 1) ? [own] : [];
  });
  const total = axes.length === 0 ? first : tf.sum(first, axes);
  return { rows: tf.reshape(total, [count, -1]) };
}

/** The operation's own gradient, for one example after the other. */
function oneByOne(operation: Operation, { name }: Use, { count, axis, dy }: Examples): ExampleGradients {
  const { kernelName, attrs, saved } = operation;
  const { gradFunc, inputsToSave = [] } = tf.getGradient(kernelName)!;
  const inputs = inputsToSave.flatMap((input) => saved.filter((one) => one.name === input));
  const outputs = saved.filter((one) => one.name === null);
  const parts = [...inputs, ...outputs].map(({ name: own, tensor }) => {
    const at = own === null ? axis : axisIn(operation, own, tensor.shape, axis, count);
    return typeof at === 'number' ? split(tensor, count, at) : Array<tf.Tensor>(count).fill(tensor);
  });
  const rows = split(dy, count, axis).map((own, example) => {
    const gradients = gradFunc(
      own,
      parts.map((part) => part[example]!),
      attrs as never,
    );
    return tf.reshape(gradients[name]!(), [-1]);
  });
  return { rows: tf.stack(rows) as tf.Tensor2D };
}

/** The parts of all examples. On wasm, slices are much faster than `tf.split`. */
function split(x: tf.Tensor, count: number, axis: number): tf.Tensor[] {
  const length = x.shape[axis]! / count;
  const size = x.shape.map((whole, own) => (own === axis ? length : whole));
  return Array.from({ length: count }, (_, example) =>
    tf.slice(
      x,
      x.shape.map((_, own) => (own === axis ? example * length : 0)),
      size,
    ),
  );
}
