/// <reference types="@webgpu/types" />

/** The reason why there is no WebGPU here, and what to do about it. */
export class NoWebgpu extends Error {
  readonly reason: string;
  readonly next: string;

  constructor(reason: string, next: string, options?: ErrorOptions) {
    super(`${reason} ${next}`, options);
    this.name = 'NoWebgpu';
    this.reason = reason;
    this.next = next;
  }
}

/**
 * The browser's own WebGPU, or in Node that of Dawn, which is put where a browser has it. Throws `NoWebgpu`.
 */
export async function findGpu(): Promise<GPU> {
  const own = globalThis.navigator?.gpu;
  if (own) return own;
  if (!globalThis.process?.versions?.node)
    throw new NoWebgpu(
      'This browser has no WebGPU, or the page does not come from https or localhost.',
      'Use Chrome or Edge 113, Safari 26, Firefox 141 or later; Chromium on Linux may need --enable-unsafe-webgpu.',
    );
  // Without a folder for windows, drivers on Linux complain, although no window is opened.
  if (process.platform === 'linux') process.env.XDG_RUNTIME_DIR ||= '/tmp';
  const { create, globals } = await importDawn();
  Object.assign(globalThis, globals);
  const gpu = create([]);
  if (!globalThis.navigator)
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}

/**
 * The npm package `webgpu` is an optional peer dependency, because users who train on the processor do not
 * install it.
 */
async function importDawn(): Promise<typeof import('webgpu')> {
  try {
    return await import(/* @vite-ignore */ 'webgpu');
  } catch (cause) {
    const code = (cause as { readonly code?: unknown }).code;
    const reason =
      code === 'ERR_MODULE_NOT_FOUND'
        ? "Node has no WebGPU of its own, and the package 'webgpu', which brings Dawn, is not installed."
        : `The package 'webgpu', which brings Dawn, cannot be loaded: ${(cause as Error).message}`;
    throw new NoWebgpu(reason, 'Install it: npm install webgpu@0.6.2', { cause });
  }
}
