import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { backend_util, MaxPool3DGrad } from '@tensorflow/tfjs-core';
import { corrections } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';
import { elementwise } from './program.ts';

type Triple = [number, number, number];

interface Attributes {
  readonly filterSize: number | Triple;
  readonly strides: number | Triple;
  readonly pad: 'same' | 'valid' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Each element looks at the windows that contain it, and takes the gradient of those in which it is the first
 * of the largest elements. The stock kernel confuses the height and the width of the window.
 */
export const maxPool3DGrad: readonly Correction[] = corrections<Attributes>([MaxPool3DGrad], () => (call) => {
  const { dy, input } = call.inputs;
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs;
  const shape = input!.shape as [number, number, number, number, number];
  const pool = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { padInfo } = pool;
  const program = {
    ...elementwise('max_pool3d_grad', shape, ['x', 'dy'], CODE),
    uniforms:
      'size3 : vec4<i32>, out3 : vec4<i32>, filter3 : vec4<i32>, stride3 : vec4<i32>, before3 : vec4<i32>,',
  };
  const triple = (...data: number[]) => ({ type: 'int32', data: [...data, 0] });
  return (call.backend as WebGPUBackend).runWebGPUProgram(program, [input!, dy!], 'float32', [
    { type: 'int32', data: [pool.inDepth, pool.inHeight, pool.inWidth, pool.inChannels] },
    triple(pool.outDepth, pool.outHeight, pool.outWidth),
    triple(pool.filterDepth, pool.filterHeight, pool.filterWidth),
    triple(pool.strideDepth, pool.strideHeight, pool.strideWidth),
    triple(padInfo.front, padInfo.top, padInfo.left),
  ]);
});

const CODE = `
  let size = uniforms.size3;
  let channel = index % size.w;
  let column = index / size.w % size.z;
  let row = index / (size.w * size.z) % size.y;
  let layer = index / (size.w * size.z * size.y) % size.x;
  let image = index / (size.w * size.z * size.y * size.x);
  let place = vec3<i32>(layer, row, column) + uniforms.before3.xyz;
  let filter_size = uniforms.filter3.xyz;
  let stride = uniforms.stride3.xyz;
  // The windows that contain the element.
  let least = max(vec3<i32>(0), (place - filter_size + stride) / stride);
  let most = min(uniforms.out3.xyz - 1, place / stride);
  var sum = 0.0;
  for (var i = least.x; i <= most.x; i++) {
    for (var j = least.y; j <= most.y; j++) {
      for (var k = least.z; k <= most.z; k++) {
        let first = vec3<i32>(i, j, k) * stride - uniforms.before3.xyz;
        let start = max(first, vec3<i32>(0));
        let end = min(first + filter_size, size.xyz);
        var largest = -1;
        for (var z = start.x; z < end.x; z++) {
          for (var y = start.y; y < end.y; y++) {
            for (var w = start.z; w < end.z; w++) {
              let at = (((image * size.x + z) * size.y + y) * size.z + w) * size.w + channel;
              if (largest < 0 || x[at] > x[largest]) { largest = at; }
            }
          }
        }
        if (largest == index) {
          let out = uniforms.out3;
          sum += dy[(((image * out.x + i) * out.y + j) * out.z + k) * size.w + channel];
        }
      }
    }
  }
  result[index] = sum;`;
