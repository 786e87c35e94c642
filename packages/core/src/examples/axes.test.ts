import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { axisOf } from './axes.ts';

// An operation that keeps examples apart gives each example the same whatever the others are: tried with every axis
// of its output and every number of examples that fits.

interface Case {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attrs?: Readonly<Record<string, unknown>>;
  /** For operations without a kernel of their own. */
  readonly call?: (inputs: Record<string, tf.Tensor>) => tf.Tensor;
}

const kernel = (...names: string[]) => names;
const pool = { filterSize: [2, 2], strides: [1, 1], pad: 'same' };
const cube = { filterSize: 2, strides: 1, pad: 'same', dataFormat: 'NDHWC' };
const window = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
const scaling = { halfPixelCenters: false, alignCorners: false, size: [6, 5] };

const unary = kernel(
  ...'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p Neg Reciprocal'.split(
    ' ',
  ),
  ...'Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Step Tan Tanh'.split(' '),
);
const binary = kernel(
  ...'Add Atan2 Maximum Minimum Mod Multiply Pow RealDiv SquaredDifference Sub'.split(' '),
);

const cases: Readonly<Record<string, readonly Case[]>> = {
  ...Object.fromEntries(unary.map((name) => [name, [{ inputs: { x: [4, 3, 2] }, attrs: { alpha: 0.1 } }]])),
  ...Object.fromEntries(
    binary.map((name) => [
      name,
      [
        { inputs: { a: [4, 3, 2], b: [4, 3, 2] } },
        { inputs: { a: [4, 3, 2], b: [2] } },
        { inputs: { a: [4, 1, 1], b: [3, 2] } },
      ],
    ]),
  ),
  AddN: [{ inputs: { 0: [4, 3], 1: [4, 3] } }],
  AvgPool: [{ inputs: { x: [4, 4, 4, 2] }, attrs: pool }],
  AvgPool3D: [{ inputs: { x: [4, 2, 2, 2, 2] }, attrs: cube }],
  BatchMatMul: [
    { inputs: { a: [4, 6, 3], b: [4, 3, 2] }, attrs: { transposeA: false, transposeB: false } },
    { inputs: { a: [1, 3, 6], b: [1, 4, 3] }, attrs: { transposeA: true, transposeB: true } },
    { inputs: { a: [4, 6, 3], b: [1, 3, 2] }, attrs: { transposeA: false, transposeB: false } },
    { inputs: { a: [6, 3], b: [2, 3] }, attrs: { transposeA: false, transposeB: true } },
  ],
  Cast: [{ inputs: { x: [4, 3] }, attrs: { dtype: 'float32' } }],
  ClipByValue: [{ inputs: { x: [4, 3] }, attrs: { clipValueMin: 0.1, clipValueMax: 0.9 } }],
  Concat: [{ inputs: { 0: [4, 3, 2], 1: [4, 2, 2] }, attrs: { axis: 1 } }],
  Conv2D: [{ inputs: { x: [4, 4, 4, 2], filter: [2, 2, 2, 3] }, attrs: window }],
  Conv2DBackpropInput: [
    { inputs: { dy: [4, 4, 4, 3], filter: [2, 2, 2, 3] }, attrs: { ...window, inputShape: [4, 4, 4, 2] } },
  ],
  Conv3D: [
    {
      inputs: { x: [4, 2, 2, 2, 2], filter: [2, 2, 2, 2, 3] },
      attrs: { strides: 1, pad: 'same', dataFormat: 'NDHWC', dilations: 1 },
    },
  ],
  Cumprod: [{ inputs: { x: [4, 2] }, attrs: { axis: 1, exclusive: false, reverse: false } }],
  Cumsum: [{ inputs: { x: [4, 2] }, attrs: { axis: 1, exclusive: false, reverse: false } }],
  DepthwiseConv2dNative: [{ inputs: { x: [4, 4, 4, 2], filter: [2, 2, 2, 2] }, attrs: window }],
  ExpandDims: [{ inputs: { input: [4, 3] }, attrs: { dim: 1 } }],
  FusedBatchNorm: [
    {
      inputs: { x: [4, 3, 2, 2], mean: [2], variance: [2], offset: [2], scale: [2] },
      attrs: { varianceEpsilon: 0.1 },
    },
  ],
  GatherV2: [
    { inputs: { x: [4, 6, 2], indices: [3] }, attrs: { axis: 1, batchDims: 0 } },
    { inputs: { x: [6, 4], indices: [2, 2] }, attrs: { axis: 0, batchDims: 0 } },
  ],
  LRN: [{ inputs: { x: [4, 2, 2, 5] }, attrs: { depthRadius: 2, bias: 1, alpha: 1, beta: 0.5 } }],
  logSigmoid__op: [{ inputs: { x: [4, 3] }, call: ({ x }) => tf.logSigmoid(x!) }],
  logSoftmax__op: [{ inputs: { x: [4, 2, 3] }, call: ({ x }) => tf.logSoftmax(x!) }],
  Max: [{ inputs: { x: [4, 3, 6] }, attrs: { reductionIndices: [1], keepDims: false } }],
  MaxPool: [{ inputs: { x: [4, 4, 4, 2] }, attrs: pool }],
  MaxPool3D: [{ inputs: { x: [4, 2, 2, 2, 2] }, attrs: cube }],
  Mean: [
    { inputs: { x: [4, 3, 6] }, attrs: { axis: [1], keepDims: false } },
    { inputs: { x: [4, 3, 6] }, attrs: { axis: [0, 1], keepDims: true } },
  ],
  Min: [{ inputs: { x: [4, 3, 6] }, attrs: { axis: [1, 2], keepDims: false } }],
  MirrorPad: [
    {
      inputs: { x: [4, 3] },
      attrs: {
        paddings: [
          [0, 0],
          [1, 1],
        ],
        mode: 'reflect',
      },
    },
  ],
  Pack: [{ inputs: { 0: [4, 6], 1: [4, 6] }, attrs: { axis: 1 } }],
  PadV2: [
    {
      inputs: { x: [4, 3] },
      attrs: {
        paddings: [
          [0, 0],
          [1, 2],
        ],
        constantValue: 0,
      },
    },
  ],
  Prelu: [{ inputs: { x: [4, 3], alpha: [3] } }],
  Prod: [{ inputs: { x: [4, 3, 6] }, attrs: { axis: [-1], keepDims: true } }],
  Reshape: [
    { inputs: { x: [4, 3, 2] }, attrs: { shape: [12, 2] } },
    { inputs: { x: [8, 3] }, attrs: { shape: [4, 2, 3] } },
    { inputs: { x: [2, 4, 3] }, attrs: { shape: [2, 2, 6] } },
  ],
  ResizeBilinear: [{ inputs: { images: [4, 4, 4, 2] }, attrs: scaling }],
  ResizeNearestNeighbor: [{ inputs: { images: [4, 4, 4, 2] }, attrs: scaling }],
  Reverse: [{ inputs: { x: [4, 6] }, attrs: { dims: [1] } }],
  Select: [{ inputs: { condition: [4, 3], t: [4, 3], e: [4, 3] } }],
  Slice: [{ inputs: { x: [4, 6] }, attrs: { begin: [0, 2], size: [4, 4] } }],
  Softmax: [{ inputs: { logits: [4, 2, 3] }, attrs: { dim: 2 } }],
  softmaxCrossEntropy__op: [
    {
      inputs: { 0: [4, 6, 3], 1: [4, 6, 3] },
      call: (inputs) =>
        tf.losses.softmaxCrossEntropy(inputs[0]!, inputs[1]!, undefined, undefined, tf.Reduction.NONE),
    },
  ],
  SplitV: [{ inputs: { x: [4, 6] }, attrs: { numOrSizeSplits: [2, 4], axis: 1 } }],
  Sum: [{ inputs: { x: [4, 3, 6] }, attrs: { axis: [1], keepDims: false } }],
  Tile: [
    { inputs: { x: [4, 2] }, attrs: { reps: [1, 3] } },
    { inputs: { x: [1, 6] }, attrs: { reps: [4, 1] } },
  ],
  Transpose: [{ inputs: { x: [4, 3, 6] }, attrs: { perm: [2, 0, 1] } }],
  Unpack: [{ inputs: { value: [4, 2, 6] }, attrs: { axis: 1 } }],
};

/** Kernels of any number of inputs take a list. */
function listed(inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  return '0' in inputs ? (Object.values(inputs) as never) : inputs;
}

test('all operations of the table are tried', () => {
  expect(Object.keys(cases).sort()).toEqual([...axisOf.keys()].sort());
});

/** Values between 0 and 1, with other values in one block of the axis. */
function values(
  shape: readonly number[],
  name: string,
  block?: { axis: number; from: number; to: number },
): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const after = block ? shape.slice(block.axis + 1).reduce((a, b) => a * b, 1) : 1;
  const list = Array.from({ length: size }, (_, index) => {
    const at = block ? Math.floor(index / after) % shape[block.axis]! : -1;
    const isOther = block !== undefined && at >= block.from && at < block.to;
    return 0.05 + 0.9 * Math.abs(Math.sin((isOther ? 7 : 3) * index + name.length));
  });
  if (name === 'indices')
    return tf.tensor(
      list.map((x) => Math.floor(3 * x)),
      [...shape],
      'int32',
    );
  if (name === 'condition')
    return tf.tensor(
      list.map((x) => x > 0.5),
      [...shape],
      'bool',
    );
  return tf.tensor(name === 'x' && shape.length === 0 ? [1] : list, [...shape]);
}

test.each(Object.entries(cases))('%s', (name, tried) => {
  let count = 0;
  for (const { inputs, attrs = {}, call } of tried) {
    tf.tidy(() => {
      const run = (given: Record<string, tf.Tensor>): tf.Tensor[] => {
        const shifted = name === 'Acosh' ? { x: tf.add(given.x!, 1) } : given;
        return [
          call ? call(shifted) : tf.engine().runKernel(name, listed(shifted), attrs as never),
        ].flat() as tf.Tensor[];
      };
      const plain = Object.fromEntries(
        Object.entries(inputs).map(([key, shape]) => [key, values(shape, key)]),
      );
      const before = run(plain);
      for (const [axis, length] of before[0]!.shape.entries()) {
        for (const examples of [2, 3, 4, 6].filter((k) => length % k === 0)) {
          for (const [key, shape] of Object.entries(inputs)) {
            const input = { name: key, shape, output: before[0]!.shape, attrs };
            const own = axisOf.get(name)!(axis, input, examples);
            if (typeof own !== 'number') continue;
            count++;
            expect(shape[own]! % examples).toBe(0);
            for (let example = 0; example < examples; example++) {
              const width = shape[own]! / examples;
              const block = { axis: own, from: example * width, to: (example + 1) * width };
              const after = run({ ...plain, [key]: values(shape, key, block) });
              for (const [index, output] of after.entries())
                expectOnly(output, before[index]!, axis, examples, example);
            }
          }
        }
      }
    });
  }
  expect(count).toBeGreaterThan(0);
});

/** Expects that the outputs are the same, except for one example. */
function expectOnly(
  output: tf.Tensor,
  before: tf.Tensor,
  axis: number,
  examples: number,
  example: number,
): void {
  const after = output.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const width = output.shape[axis]! / examples;
  const old = before.dataSync();
  const moved = [...output.dataSync()].flatMap((value, index) =>
    value === old[index] ? [] : [Math.floor(Math.floor((index / after) % output.shape[axis]!) / width)],
  );
  expect([...new Set(moved)].filter((one) => one !== example)).toEqual([]);
}
