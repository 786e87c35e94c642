import { findGpu, NoWebgpu } from './gpu.ts';

/** A description of an adapter, for people and records. */
export interface Description {
  /** Device, driver and the size of the largest tensor. */
  readonly detail: string;
  /** Whether the processor emulates a GPU: the answers are right, but slow. */
  readonly emulated: boolean;
}

type Limit =
  | 'maxComputeInvocationsPerWorkgroup'
  | 'maxComputeWorkgroupSizeX'
  | 'maxComputeWorkgroupStorageSize'
  | 'maxComputeWorkgroupsPerDimension'
  | 'maxStorageBuffersPerShaderStage'
  | 'maxStorageBufferBindingSize'
  | 'maxBufferSize';

/**
 * The limits that the kernels of TensorFlow.js and ours rely on: the least that WebGPU itself promises
 * outside of its compatibility mode.
 */
const NEEDED: Readonly<Record<Limit, number>> = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
};

/** Finds the best adapter here, an emulated one only if there is no other. Throws `NoWebgpu`. */
export async function findAdapter(): Promise<GPUAdapter> {
  const gpu = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null)
    throw new NoWebgpu(
      'WebGPU finds no adapter: no GPU, or no driver for Vulkan, Metal or Direct3D 12.',
      "On Linux install the GPU's Vulkan driver (NVIDIA's own, or mesa-vulkan-drivers) and libvulkan1. " +
        "To try it without a GPU, install Debian's chromium, and set VK_DRIVER_FILES to its vk_swiftshader_icd.json.",
    );
  checkLimits(adapter);
  return adapter;
}

/** Throws a `NoWebgpu` that names every limit that is too low. */
export function checkLimits(adapter: GPUAdapter): void {
  const low = limitsOf(adapter).filter(([name, value]) => value < NEEDED[name]);
  if (low.length === 0) return;
  const list = low.map(([name, value]) => `${name} is ${value}, and ${NEEDED[name]} is needed`);
  throw new NoWebgpu(
    `The adapter ${describeAdapter(adapter).detail} is too small: ${list.join('; ')}.`,
    'Update its driver, or train on another backend, such as wasm.',
  );
}

/** A device with all that the adapter can give, so that no tensor fails because of a default limit. */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const timing: GPUFeatureName = 'timestamp-query';
  return adapter.requestDevice({
    requiredLimits: Object.fromEntries(limitsOf(adapter)),
    requiredFeatures: adapter.features.has(timing) ? [timing] : [],
  });
}

export function describeAdapter({ info, limits }: GPUAdapter): Description {
  const { device, description, vendor, architecture } = info;
  const emulated = info.isFallbackAdapter || EMULATED.test([device, description, architecture].join(' '));
  const names = [description, device, `${vendor} ${architecture}`.trim()].filter((name) => name !== '');
  const name = names.slice(0, 2).join(', ') || 'an adapter that does not say its name';
  return {
    detail: `${name}${emulated ? ', emulated by the processor' : ''}, tensors of at most ${bytes(largestTensor(limits))}`,
    emulated,
  };
}

/** The size of the largest tensor in bytes: a tensor is one buffer and one binding. */
export function largestTensor(limits: Pick<GPUSupportedLimits, Limit>): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

export function bytes(count: number): string {
  const [unit, name] = count >= 2 ** 30 ? [2 ** 30, 'GiB'] : [2 ** 20, 'MiB'];
  return `${(count / unit).toFixed(1)} ${name}`;
}

const EMULATED = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

function limitsOf({ limits }: GPUAdapter): [Limit, number][] {
  return (Object.keys(NEEDED) as Limit[]).map((name) => [name, limits[name]]);
}
