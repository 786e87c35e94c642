import * as tf from '@tensorflow/tfjs-core';
import type { Kernel, Kernels, Type } from './draw.ts';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** For floats in [least, most), whole numbers and bools. */
function unary(compute: Unary, least = -3, most = 3, types?: readonly Type[]): Kernel {
  return (draw) => ({ inputs: [draw.tensor(draw.shape(0, 6), draw.type(types), least, most)], compute });
}

function binary(compute: Binary, types?: readonly Type[], least = -3, most = 3): Kernel {
  return (draw) => {
    const [a, b] = draw.broadcast();
    return {
      inputs: [draw.tensor(a, draw.type(types)), draw.tensor(b, draw.type(types), least, most)],
      compute,
    };
  };
}

const FLOAT: readonly Type[] = ['float32'];
const NUMBERS: readonly Type[] = ['float32', 'int32'];
const TRUTH: readonly Type[] = ['bool'];

export const elementwise: Kernels = {
  Abs: unary(tf.abs),
  Acos: unary(tf.acos, -1, 1),
  Acosh: unary(tf.acosh, 1, 9, NUMBERS),
  Asin: unary(tf.asin, -1, 1),
  Asinh: unary(tf.asinh),
  Atan: unary(tf.atan),
  Atanh: unary(tf.atanh, -0.9, 0.9),
  Ceil: unary(tf.ceil, -3, 3, FLOAT),
  Cos: unary(tf.cos, -3, 3, FLOAT),
  Cosh: unary(tf.cosh, -3, 3, FLOAT),
  Elu: unary(tf.elu, -3, 3, FLOAT),
  Erf: unary(tf.erf, -3, 3, FLOAT),
  Exp: unary(tf.exp),
  Expm1: unary(tf.expm1),
  Floor: unary(tf.floor, -3, 3, FLOAT),
  IsFinite: unary(tf.isFinite),
  IsInf: unary(tf.isInf),
  IsNan: unary(tf.isNaN),
  Log: unary(tf.log, 0.1, 9, FLOAT),
  Log1p: unary(tf.log1p, -0.9, 9),
  LogicalNot: unary(tf.logicalNot, -3, 3, TRUTH),
  Neg: unary(tf.neg, -3, 3, NUMBERS),
  OnesLike: unary(tf.onesLike),
  Reciprocal: unary(tf.reciprocal, 0.1, 3, FLOAT),
  Relu: unary(tf.relu),
  Relu6: unary(tf.relu6, -3, 9),
  Round: unary(tf.round),
  Rsqrt: unary(tf.rsqrt, 0.1, 9, FLOAT),
  Selu: unary(tf.selu),
  Sigmoid: unary(tf.sigmoid, -3, 3, FLOAT),
  Sign: unary(tf.sign),
  Sin: unary(tf.sin, -3, 3, FLOAT),
  Sinh: unary(tf.sinh),
  Softplus: unary(tf.softplus),
  Sqrt: unary(tf.sqrt, 0, 9, FLOAT),
  Square: unary(tf.square),
  Step: (draw) => {
    const alpha = draw.pick([0, 0.5, -1]);
    return { ...unary((x) => tf.step(x, alpha), -3, 3, NUMBERS)(draw), options: { alpha } };
  },
  Tan: unary(tf.tan, -1, 1, FLOAT),
  Tanh: unary(tf.tanh, -3, 3, FLOAT),
  ZerosLike: unary(tf.zerosLike),
  LeakyRelu: (draw) => {
    const alpha = draw.pick([0.2, 0, 1.5]);
    return { ...unary((x) => tf.leakyRelu(x, alpha))(draw), options: { alpha } };
  },
  ClipByValue: (draw) => {
    const [least, most] = draw.pick([
      [-1, 1],
      [0, 2],
      [-2, 0],
      [-0.5, 0.5],
    ] as const);
    return {
      ...unary((x) => tf.clipByValue(x, least, most), -4, 4)(draw),
      options: { least, most },
    };
  },
  Cast: (draw) => {
    const to = draw.type(['float32', 'int32', 'bool']);
    return { ...unary((x) => tf.cast(x, to))(draw), options: { to } };
  },

  // Sums and differences of two bools are no bools, and their values are unspecified.
  Add: binary(tf.add, NUMBERS),
  Sub: binary(tf.sub, NUMBERS),
  Multiply: binary(tf.mul),
  RealDiv: binary(tf.div, NUMBERS, 1, 4),
  FloorDiv: binary(tf.floorDiv, NUMBERS, 1, 4),
  Mod: binary(tf.mod, NUMBERS, 1, 4),
  // WGSL leaves powers of zero unspecified.
  Pow: binary((a, b) => tf.pow(tf.add(tf.abs(a), 1), b), NUMBERS, 0, 3),
  Maximum: binary(tf.maximum),
  Minimum: binary(tf.minimum),
  SquaredDifference: binary(tf.squaredDifference),
  Atan2: binary(tf.atan2, FLOAT),
  Equal: binary(tf.equal),
  NotEqual: binary(tf.notEqual),
  Greater: binary(tf.greater),
  GreaterEqual: binary(tf.greaterEqual),
  Less: binary(tf.less),
  LessEqual: binary(tf.lessEqual),
  LogicalAnd: binary(tf.logicalAnd, TRUTH),
  LogicalOr: binary(tf.logicalOr, TRUTH),
  LogicalXor: binary(tf.logicalXor, TRUTH),
  BitwiseAnd: (draw) => {
    const shape = draw.shape(0, 4);
    return { inputs: [draw.ids(shape, -9, 99), draw.ids(shape, -9, 99)], compute: tf.bitwiseAnd };
  },
  Prelu: (draw) => {
    const shape = draw.shape(1, 4);
    const slopes = shape
      .slice(draw.integer(0, shape.length + 1))
      .map((length) => (draw.chance(0.3) ? 1 : length));
    return { inputs: [draw.tensor(shape), draw.tensor(slopes)], compute: tf.prelu };
  },
  AddN: (draw) => {
    const shape = draw.shape(0, 5);
    const dtype = draw.type(NUMBERS);
    const inputs = Array.from({ length: draw.integer(1, 9) }, () => draw.tensor(shape, dtype));
    return { inputs, compute: (...inputs) => tf.addN(inputs) };
  },
  Select: (draw) => {
    // TensorFlow.js does not broadcast to a shape without elements.
    const [a, b] = draw.broadcast().map((shape) => shape.map((length) => Math.max(1, length))) as [
      number[],
      number[],
    ];
    const dtype = draw.type();
    const condition = draw.chance() ? a : b;
    const inputs = [draw.tensor(condition, 'bool'), draw.tensor(a, dtype), draw.tensor(b, dtype)];
    return { inputs, compute: (condition, a, b) => tf.where(condition!, a!, b!) };
  },
};
