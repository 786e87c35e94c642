import type { BackendDefinition } from '@scalpel/core';
import { env } from '@tensorflow/tfjs-core';
import { startWasm } from './start.ts';

export const wasm: BackendDefinition = {
  id: 'wasm',
  title: 'WebAssembly, mended for training',
  summary:
    'The WebAssembly backend of TensorFlow.js with the gradient kernels it lacks and fast transposed products.',
  version: 1,
  probe: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    return (await env().getAsync('WASM_HAS_SIMD_SUPPORT'))
      ? { works: true, detail: 'WebAssembly with SIMD, one thread' }
      : {
          works: true,
          detail: 'WebAssembly without SIMD: several times slower',
          next: 'For SIMD, use Node 16 or later, or a browser of 2021 or later (Safari 16.4).',
        };
  },
  start: startWasm,
};
