import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BackendProbe } from '@scalpel/core';
import { findBackendFactory } from '@tensorflow/tfjs-core';
import { BindingError, type BindingName, load, locate, TENSORFLOW } from './binding.ts';

const run = promisify(execFile);

/** The results of earlier probes, by the package's file. */
const working = new Map<string, BackendProbe>();

/**
 * Tests whether the package works here. Loading it makes its backend the current one, and a library that does
 * not fit the machine can end the process. So the test runs once, in another process, unless this process has
 * the package already.
 */
export async function probe(name: BindingName): Promise<BackendProbe> {
  const path = locate(name);
  if (findBackendFactory(TENSORFLOW) !== null || path === null) return examine(name);
  const found = working.get(path) ?? (await examineElsewhere(name));
  if (found.works) working.set(path, found);
  return found;
}

async function examineElsewhere(name: BindingName): Promise<BackendProbe> {
  const script =
    'const [, module, name] = process.argv; const { examine } = await import(module); console.log(JSON.stringify(await examine(name)));';
  try {
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
      import.meta.url,
      name,
    ]);
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  } catch (error) {
    const { signal, code, stderr } = error as { signal?: string; code?: number; stderr?: string };
    return {
      works: false,
      detail: `${name} ended the process that loaded it, with ${signal ?? `code ${code}`}: ${stderr?.trim().split('\n').at(-1) || error}`,
      next: 'See docs/backends.md for the processor and the libraries that it needs.',
    };
  }
}

/** Loads the package into this process. */
export async function examine(name: BindingName): Promise<BackendProbe> {
  try {
    const { isUsingGpuDevice, isGPUPackage, binding } = load(name);
    const library = `libtensorflow ${binding.TF_Version}`;
    if (isUsingGpuDevice) return { works: true, detail: `${library} on ${await gpuName()}` };
    if (!isGPUPackage) return { works: true, detail: `${library} on the CPU` };
    return {
      works: false,
      detail: `${library} found no CUDA device, or not the CUDA libraries that it needs`,
      next: 'Install the NVIDIA driver, CUDA 11.2 and cuDNN 8.1 (docs/backends.md), or use the backend node.',
    };
  } catch (error) {
    if (!(error instanceof BindingError)) throw error;
    return { works: false, detail: error.reason, next: error.next };
  }
}

/** The name and driver of the first device that this process may use. */
async function gpuName(): Promise<string> {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  const first = visible ? [`--id=${visible.split(',')[0]}`] : [];
  try {
    const query = ['--query-gpu=name,driver_version', '--format=csv,noheader', ...first];
    const { stdout } = await run('nvidia-smi', query);
    const [device, driver] = stdout.split('\n')[0]!.split(', ');
    return `${device}, driver ${driver}`;
  } catch {
    return 'a CUDA device that nvidia-smi does not name';
  }
}
