import { expect, test } from 'vitest';
import { checkLimits, describeAdapter, findAdapter } from './adapter.ts';

const limits = {
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupStorageSize: 49152,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBuffersPerShaderStage: 16,
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxBufferSize: 2 ** 40,
};

function adapter(info: Partial<GPUAdapterInfo>, lower: Partial<typeof limits> = {}): GPUAdapter {
  const names = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false };
  return { info: { ...names, ...info }, limits: { ...limits, ...lower } } as unknown as GPUAdapter;
}

const nvidia = {
  vendor: 'nvidia',
  architecture: 'hopper',
  device: 'NVIDIA H200',
  description: 'NVIDIA: 570.86',
};

test('an adapter is described by driver, device and the largest tensor', () => {
  expect(describeAdapter(adapter(nvidia))).toEqual({
    detail: 'NVIDIA: 570.86, NVIDIA H200, tensors of at most 2.0 GiB',
    emulated: false,
  });
  // A browser may hide the names.
  expect(describeAdapter(adapter({ vendor: 'apple', architecture: 'metal-3' })).detail).toMatch(
    /^apple metal-3, /,
  );
  expect(describeAdapter(adapter({})).detail).toMatch(/^an adapter that does not say its name/);
});

test.each([
  { device: 'SwiftShader Device (Subzero)' },
  { description: 'llvmpipe (LLVM 19.1.7, 256 bits)' },
  { device: 'Microsoft Basic Render Driver' },
  { architecture: 'swiftshader' },
  { device: 'a name that says nothing', isFallbackAdapter: true },
])('%o is called emulated', (info) => {
  const { emulated, detail } = describeAdapter(adapter(info));
  expect(emulated).toBe(true);
  expect(detail).toContain('emulated by the processor');
});

test.each([
  'NVIDIA GeForce RTX 4090',
  'AMD Radeon RX 7900',
  'Intel(R) Arc(tm) A770',
  'Apple M3',
  'Warpath GT',
])('%s is not', (device) => expect(describeAdapter(adapter({ device })).emulated).toBe(false));

test('an adapter without enough limits is refused, and every one that is too low is named', () => {
  expect(() => checkLimits(adapter(nvidia))).not.toThrow();
  const small = adapter(nvidia, {
    maxComputeInvocationsPerWorkgroup: 128,
    maxStorageBuffersPerShaderStage: 4,
  });
  expect(() => checkLimits(small)).toThrow(
    'The adapter NVIDIA: 570.86, NVIDIA H200, tensors of at most 2.0 GiB is too small: ' +
      'maxComputeInvocationsPerWorkgroup is 128, and 256 is needed; maxStorageBuffersPerShaderStage is 4, and 8 is needed. ' +
      'Update its driver, or train on another backend, such as wasm.',
  );
});

test('no adapter is an error that says what to install', async () => {
  const gpu = Object.getOwnPropertyDescriptor(globalThis.navigator, 'gpu');
  Object.defineProperty(globalThis.navigator, 'gpu', {
    value: { requestAdapter: async () => null },
    configurable: true,
  });
  try {
    await expect(findAdapter()).rejects.toThrow(/finds no adapter.*libvulkan1/);
  } finally {
    if (gpu) Object.defineProperty(globalThis.navigator, 'gpu', gpu);
    else Reflect.deleteProperty(globalThis.navigator, 'gpu');
  }
});
