import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect, test, vi } from 'vitest';
import { wasm } from './definition.ts';
import { startWasm } from './start.ts';

test('a machine without SIMD is told what to use', async () => {
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  try {
    await expect(startWasm()).rejects.toThrow('WebAssembly has no SIMD here. For SIMD, use Node 16.4');
    expect(await wasm.probe()).toMatchObject({ works: false, detail: 'WebAssembly without SIMD' });
  } finally {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  }
});

test('a backend that cannot start says what to do', async () => {
  const warning = vi.spyOn(console, 'warn').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  await expect(startWasm({ binary: '/nowhere/' })).rejects.toThrow('startWasm({ binary:');
  warning.mockRestore();
  error.mockRestore();
});
