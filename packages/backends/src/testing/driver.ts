import { existsSync } from 'node:fs';
import type { BackendProbe } from '@scalpel/core';
import { env } from '@tensorflow/tfjs-core';
import { webgpu } from '../webgpu/definition.ts';

export { PACKING } from '../webgl/packing.ts';

/** The path on Debian and Ubuntu of the software Vulkan driver that comes with Chromium. */
const SWIFTSHADER = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];

/**
 * The reason why WebGPU cannot be tested here, or undefined. Tests use this machine's GPU, or Chromium's
 * SwiftShader if that is installed.
 */
export async function webgpuMissing(): Promise<string | undefined> {
  const driver = SWIFTSHADER.find((file) => existsSync(file));
  // If Dawn is asked for a GPU and there is none, it writes warnings that no program can suppress.
  if (!process.env.VK_DRIVER_FILES && driver !== undefined && hasNoGpu())
    process.env.VK_DRIVER_FILES = driver;
  const own = await webgpu.probe();
  if (own.works) return onDevice();
  if (process.env.VK_DRIVER_FILES) return oneLine(own);
  if (driver === undefined)
    return 'WebGPU finds no GPU, nor a processor that stands in for one: apt-get install chromium libvulkan1.';
  process.env.VK_DRIVER_FILES = driver;
  // Dawn reads the variable when it is loaded again.
  if (globalThis.navigator) Reflect.deleteProperty(globalThis.navigator, 'gpu');
  const emulated = await webgpu.probe();
  return emulated.works ? onDevice() : oneLine(emulated);
}

function hasNoGpu(): boolean {
  return (
    process.platform === 'linux' && !['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((file) => existsSync(file))
  );
}

/** Otherwise TensorFlow.js computes small tensors in JavaScript, and the device is not tested. */
async function onDevice(): Promise<undefined> {
  await import('@tensorflow/tfjs-backend-webgpu');
  env().set('WEBGPU_CPU_FORWARD', false);
}

function oneLine({ detail, next }: BackendProbe): string {
  return `${detail} ${next}`.replaceAll(/\s+/g, ' ');
}
