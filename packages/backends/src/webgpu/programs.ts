import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

interface Correction {
  /** A number that the source depends on and that is missing in the stock key. */
  readonly key?: (program: Program) => number;
  /** Gives the corrected source. */
  readonly source?: (code: string, program: Program, inputs: readonly TensorInfo[]) => string;
}

/**
 * Corrections by the first word of the program's key. Stock kernels call each other's programs directly, so
 * the programs are corrected where they are run.
 */
const corrections: Readonly<Record<string, Correction>> = {
  // The source contains the length, but the key does not. So the pipeline of the first length ran for all
  // lengths.
  cum: { key: ({ outputShape }) => outputShape.at(-1)! },
  // Vectors with five and six elements have fields instead of indices.
  binary: { source: withFields },
  stridedSlice: { source: withFields },
  // Whole numbers and bools were written as floats.
  transpose: { source: ofIntegers },
  transposeShared: { source: ofIntegers },
  // A window that holds only −∞ gave the number that stands for −∞.
  pool2D: { source: fromMinusInfinity },
  pool3D: { source: fromMinusInfinity },
  // The values of exp and log for NaN are up to the driver.
  softmax: {
    source: (code) =>
      code.replaceAll(/exp\((getLogits\(row, col\) - rowMaxShared)\)/g, 'select(exp($1), $1, isnan($1))'),
  },
  lrn: {
    source: (code) => code.replace('exp(log(basis) * (-uniforms.beta))', 'select($&, basis, isnan(basis))'),
  },
  // A box's image was looked up among the boxes.
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

/** Makes the activation of a fused kernel keep NaN. WGSL lets a driver assume that there is no NaN. */
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
