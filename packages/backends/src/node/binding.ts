import { createRequire } from 'node:module';
import './shim.ts';
import { findBackend, type KernelBackend, version_core } from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/** The npm packages that bind libtensorflow. Both have the same code around different libraries. */
export type BindingName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** The name under which both register their backend and its kernels. */
export const TENSORFLOW = 'tensorflow';

/** The members that are used of the backend that they register. */
export interface TensorFlowBackend extends KernelBackend {
  readonly isGPUPackage: boolean;
  /** False if the library has no CUDA or found no device. It then computes on the CPU. */
  readonly isUsingGpuDevice: boolean;
  /** `TF_Version` is the version of the library. */
  readonly binding: { readonly TF_Version: string };
}

/** The reason why a package cannot be used here, and what to do. */
export class BindingError extends Error {
  readonly reason: string;
  readonly next: string;

  constructor(reason: string, next: string, cause?: unknown) {
    super(`${reason}. ${next}`, { cause });
    this.name = 'BindingError';
    this.reason = reason;
    this.next = next;
  }
}

/** Finds the package's file from here, from the current folder and in NODE_PATH. */
export function locate(name: BindingName): string | null {
  try {
    return require.resolve(name, { paths: [import.meta.dirname, process.cwd()] });
  } catch {
    return null;
  }
}

/**
 * Loads the package if that was not done before. Its backend is then the current one. Throws `BindingError`.
 */
export function load(name: BindingName): TensorFlowBackend {
  const path = locate(name);
  if (path === null)
    throw new BindingError(`${name} is not installed`, `Install it: npm install ${name}@${version_core}.`);
  const gpu = name === '@tensorflow/tfjs-node-gpu';
  if (registered() !== null && registered()!.isGPUPackage !== gpu)
    throw new BindingError(
      `A process holds one libtensorflow, and this one has that of ${gpu ? 'tfjs-node' : 'tfjs-node-gpu'}`,
      `Start ${name} in a process of its own.`,
    );
  const versions = run(name, path);
  if (versions['tfjs-core'] !== version_core)
    throw new BindingError(
      `${name} works with version ${versions['tfjs-core']} of @tensorflow/tfjs-core, and Scalpel here with ${version_core}`,
      `Install @tensorflow/tfjs, @tensorflow/tfjs-core and ${name} in one version.`,
    );
  const backend = registered();
  if (backend === null)
    throw new BindingError(
      `${name} registered its backend with another copy of @tensorflow/tfjs-core than Scalpel's`,
      'See that one copy is installed: npm ls @tensorflow/tfjs-core.',
    );
  return backend;
}

function registered(): TensorFlowBackend | null {
  return findBackend(TENSORFLOW) as TensorFlowBackend | null;
}

/** The versions that the package names. */
function run(name: BindingName, path: string): Readonly<Record<string, string>> {
  try {
    return require(path).version;
  } catch (cause) {
    throw new BindingError(
      `${name} does not load: ${firstSentence(cause)}`,
      `Its install step, which fetches the library, may not have run: npm rebuild ${name}. docs/backends.md lists what it needs.`,
      cause,
    );
  }
}

function firstSentence(cause: unknown): string {
  const [first] = String(cause instanceof Error ? cause.message : cause).split('\n');
  return first!.trim().replace(/\.$/, '');
}
