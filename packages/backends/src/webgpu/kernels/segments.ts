import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type KernelFunc, type TensorInfo, UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';
import { filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';
import { elementwise } from './program.ts';

/**
 * The gradient of `gather`, and so of every embedding. Each output element adds up its rows in their order.
 * The stock kernel adds in any order, and adds rows with ids out of range to other rows.
 */
export const segments: Correction = {
  kernelName: UnsortedSegmentSum,
  create: (): KernelFunc => (call) => {
    const { x, segmentIds } = call.inputs as Record<'x' | 'segmentIds', TensorInfo>;
    const { numSegments } = call.attrs as unknown as { readonly numSegments: number };
    const backend = call.backend as WebGPUBackend;
    const [rows, ...row] = x.shape as [number, ...number[]];
    if (rows === 0) return filled([numSegments, ...row], x.dtype, 0, backend);
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
