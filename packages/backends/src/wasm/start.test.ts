import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { expect, test, vi } from 'vitest';
import { startWasm } from './start.ts';

test('a backend that cannot start says what to do', async () => {
  const warning = vi.spyOn(console, 'warn').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  setWasmPaths('/nowhere/');
  await expect(startWasm()).rejects.toThrow('call setWasmPaths');
  warning.mockRestore();
  error.mockRestore();
});
