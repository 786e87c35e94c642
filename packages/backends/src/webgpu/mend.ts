import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  backend_util,
  Elu,
  Exp,
  type KernelFunc,
  Log,
  Relu6,
  Selu,
  Sigmoid,
  Softplus,
  type TensorInfo,
  UnsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import { type Mending, mend } from '../mend.ts';

/** Registers the mended kernels for WebGPU, whose stock ones must be registered already. Doing it twice changes nothing. */
export function mendWebgpu(): void {
  mend('webgpu', [
    segments,
    passingNaN(Sigmoid, '1.0 / (1.0 + exp(-a))'),
    passingNaN(Elu, 'select(exp(a) - 1.0, a, a >= 0.0)'),
    passingNaN(Exp, 'exp(a)'),
    passingNaN(Log, 'select(log(a), uniforms.NAN, a < 0.0)'),
    passingNaN(Relu6, 'clamp(a, 0.0, 6.0)'),
    passingNaN(
      Selu,
      `select(${backend_util.SELU_SCALEALPHA} * (exp(a) - 1.0), ${backend_util.SELU_SCALE} * a, a >= 0.0)`,
    ),
    passingNaN(Softplus, 'max(a, 0.0) + log(1.0 + exp(-abs(a)))'),
  ]);
}

/** A program as the backend wants it: one thread per element of the output. */
function elementwise(shaderKey: string, outputShape: number[], variableNames: string[], code: string) {
  const workgroupSize: [number, number, number] = [64, 1, 1];
  const dispatch: [number, number, number] = [Math.ceil(util.sizeFromShape(outputShape) / 64), 1, 1];
  return {
    shaderKey: `scalpel_${shaderKey}`,
    outputShape,
    variableNames,
    workgroupSize,
    dispatch,
    dispatchLayout: { x: [...outputShape.keys()] },
    size: true,
    getUserCode: () => `fn main(index : i32) { if (index < uniforms.size) { ${code} } }`,
  };
}

/** WGSL lets a driver take it that there is no NaN, which the stock kernels then turn into numbers. */
function passingNaN(kernelName: string, value: string): Mending {
  return {
    kernelName,
    create: (stock) => (call) => {
      const x = call.inputs.x as TensorInfo;
      const backend = call.backend as WebGPUBackend;
      if (x.dtype !== 'float32') return stock(call);
      const code = `let a = x[index]; result[index] = select(${value}, a, isnan(a));`;
      return backend.runWebGPUProgram(elementwise(kernelName, x.shape, ['x'], code), [x], 'float32');
    },
  };
}

/**
 * The gradient of `gather`, so of every embedding. Each output looks for its rows, in their order: the stock kernel adds up in any order, and puts ids that
 * are out of range elsewhere.
 */
const segments: Mending = {
  kernelName: UnsortedSegmentSum,
  create: (): KernelFunc => (call) => {
    const { x, segmentIds } = call.inputs as Record<'x' | 'segmentIds', TensorInfo>;
    const { numSegments } = call.attrs as unknown as { readonly numSegments: number };
    const backend = call.backend as WebGPUBackend;
    const [rows, ...row] = x.shape as [number, ...number[]];
    const type = x.dtype === 'float32' ? 'f32' : 'i32';
    const code = `
      let segment = index / uniforms.width;
      var at = index % uniforms.width;
      var sum = ${type}(0);
      for (var i = 0; i < uniforms.rows; i++) {
        if (ids[i] == segment) { sum += x[at]; }
        at += uniforms.width;
      }
      result[index] = sum;`;
    const program = {
      ...elementwise('segments', [numSegments, ...row], ['x', 'ids'], code),
      uniforms: 'rows : i32, width : i32,',
    };
    return backend.runWebGPUProgram(program, [x, segmentIds], x.dtype, [
      { type: 'int32', data: [rows] },
      { type: 'int32', data: [util.sizeFromShape(row)] },
    ]);
  },
};
