import type { BackendDefinition } from '@scalpel/core';
import { env } from '@tensorflow/tfjs-core';
import { startWasm, WITHOUT_SIMD } from './start.ts';

export const wasm: BackendDefinition = {
  id: 'wasm',
  title: 'WebAssembly, corrected for training',
  summary:
    'The WebAssembly backend of TensorFlow.js with the gradient kernels it lacks and fast ones for what training does most.',
  version: 2,
  probe: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    return (await env().getAsync('WASM_HAS_SIMD_SUPPORT'))
      ? { works: true, detail: 'WebAssembly with SIMD, one thread' }
      : { works: false, detail: 'WebAssembly without SIMD', next: WITHOUT_SIMD };
  },
  start: startWasm,
};
