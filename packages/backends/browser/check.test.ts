import { env, getBackend, memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { checkBackend, startWasm, startWebgl, startWebgpu } from '../src/index.ts';

describe.each([
  ['wasm', startWasm, 'wasm'],
  ['WebGPU', startWebgpu, 'webgpu'],
  ['WebGL', startWebgl, 'webgl'],
] as const)('on %s', (_title, start, name) => {
  test('a check passes, and leaves nothing behind', async () => {
    await start();
    const before = memory().numTensors;
    const check = await checkBackend({ draws: 1, trainings: 6 });
    console.info(`${name}: ${check.seconds.toFixed(0)} s, missing: ${check.missing}`);
    expect(check).toMatchObject({ backend: name, passed: true, findings: [], left: 0 });
    expect(check.compared.kernel).toBeGreaterThan(120);
    expect(check.compared.training).toBe(6);
    expect(memory().numTensors).toBe(before);
    expect(getBackend()).toBe(name);
  });
});

test('small tensors are computed on the device during a check, and as before after it', async () => {
  await startWebgl();
  env().set('WEBGL_CPU_FORWARD', true);
  const during = new Set<boolean>();
  const onProgress = () => during.add(env().getBool('WEBGL_CPU_FORWARD'));
  await checkBackend({ only: ['Tanh'], onProgress });
  expect([...during]).toEqual([false]);
  expect(env().getBool('WEBGL_CPU_FORWARD')).toBe(true);
  env().set('WEBGL_CPU_FORWARD', false);
});
