import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

interface Correction {
  /** What the source depends on and the key lacks. */
  readonly key?: (program: Program) => number;
  /** The source as it should be, or undefined where it is right. */
  readonly source?: (code: string, program: Program, inputs: readonly TensorInfo[]) => string;
}

/** By the first word of the key. Stock kernels call each other's programs directly, so these are corrected where they are run. */
const corrections: Readonly<Record<string, Correction>> = {
  // The source holds the length. The pipeline of the first length was run for all.
  cum: { key: ({ outputShape }) => outputShape.at(-1)! },
  // Vectors of five and six have fields, and no places.
  binary: { source: withFields },
  stridedSlice: { source: withFields },
  // Whole numbers and truth values were put out as floats.
  transpose: { source: ofIntegers },
  transposeShared: { source: ofIntegers },
  // A window that holds nothing but −∞ gave the number that stood for it.
  pool2D: { source: fromMinusInfinity },
  pool3D: { source: fromMinusInfinity },
  // What exp and log make of NaN is the driver's affair.
  softmax: {
    source: (code) =>
      code.replaceAll(/exp\((getLogits\(row, col\) - rowMaxShared)\)/g, 'select(exp($1), $1, isnan($1))'),
  },
  lrn: {
    source: (code) => code.replace('exp(log(basis) * (-uniforms.beta))', 'select($&, basis, isnan(basis))'),
  },
  // A box's image was looked for among the boxes.
  cropAndResize: {
    source: (code) => code.replace('bInd >= uniforms.outShape[0]', 'bInd >= uniforms.imageShape[0]'),
  },
};

/** Corrects a program of a stock kernel before it is run. */
export function correctProgram(program: Program, inputs: readonly TensorInfo[]): void {
  const { key, source } = corrections[program.shaderKey.split('_', 1)[0]!] ?? {};
  if (key !== undefined) program.shaderKey += `_${key(program)}`;
  const stock = program.getUserCode.bind(program);
  program.getUserCode = () => passingNaN(source?.(stock(), program, inputs) ?? stock());
}

/** The activation that a fused kernel applies, around which NaN stays what it is: WGSL lets a driver take it that there is none. */
function passingNaN(code: string): string {
  return code.replace(
    /fn activation\(a : (f32|vec\d<f32>), (coords : \S+)\) -> \S+ \{/,
    (head, type, coords) => `
      fn activation(a : ${type}, ${coords}) -> ${type} {
        return select(activationOfNumber(a, coords), a, ${isNaNOf[type as keyof typeof isNaNOf]});
      }
      ${head.replace('fn activation', 'fn activationOfNumber')}`,
  );
}

const isNaNOf = {
  f32: 'isnan(a)',
  'vec3<f32>': 'vec3<bool>(isnan(a.x), isnan(a.y), isnan(a.z))',
  'vec4<f32>': 'isnanVec4(a)',
};

function fromMinusInfinity(code: string): string {
  return code.replace('-1.0 / pow(10.0, -20.0)', '-uniforms.INFINITY');
}

function withFields(code: string, { outputShape }: Program): string {
  if (outputShape.length < 5) return code;
  return code.replace(
    /\b(coords|uniforms\.strides|uniforms\.begin)\[(\d)\]/g,
    (_, vector, place) => `${vector}.${'xyzwuv'[place]}`,
  );
}

function ofIntegers(code: string, _program: Program, [input]: readonly TensorInfo[]): string {
  if (input!.dtype === 'float32') return code;
  return code
    .replace('setOutputAtIndex(', 'setOutputAtIndexI32(')
    .replace('array<array<f32', 'array<array<i32')
    .replace('f32(A[', 'i32(A[');
}
