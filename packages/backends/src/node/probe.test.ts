import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type KernelBackend, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeGpu } from './definition.ts';

const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
const before = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scalpel-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Puts a package with this code into the current folder. */
function install(code: string): void {
  const target = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'index.js'), code);
}

/** The code of a package that loads. `device` says whether it found a device. */
function registering(device: boolean, version = "require('@core').version_core"): string {
  return `
    require('@core').registerBackend('tensorflow', () => ({
      isGPUPackage: true, isUsingGpuDevice: ${device}, binding: { TF_Version: '2.9.1' }, dispose() {},
    }));
    exports.version = { 'tfjs-core': ${version} };
  `.replaceAll('@core', core);
}

test('a library without a device is refused, with what to install', async () => {
  install(registering(false));
  await expect(nodeGpu.start()).rejects.toThrow('libtensorflow 2.9.1 found no CUDA device');
  expect(await nodeGpu.probe()).toMatchObject({ works: false, next: expect.stringContaining('CUDA 11.2') });
});

test('a device is named with its driver', async () => {
  install(registering(true));
  const program = join(folder, 'nvidia-smi');
  writeFileSync(program, '#!/bin/sh\necho "NVIDIA A100-SXM4-40GB, 535.104.05"\n');
  chmodSync(program, 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  try {
    const detail = 'libtensorflow 2.9.1 on NVIDIA A100-SXM4-40GB, driver 535.104.05';
    expect(await nodeGpu.probe()).toEqual({ works: true, detail });
  } finally {
    process.env.PATH = path;
  }
});

test.each([
  [
    'was not installed to the end',
    'throw new Error("no tfjs_binding.node")',
    /no tfjs_binding\.node\. .*npm rebuild/,
  ],
  ['brings another version', registering(true, '"3.9.0"'), /works with version 3\.9\.0 .*in one version/],
  [
    'knows another copy of the core',
    `exports.version = { 'tfjs-core': require('${core}').version_core }`,
    /another copy.*npm ls/,
  ],
  [
    'ends the process',
    'process.abort()',
    /ended the process that loaded it, with SIGABRT.*docs\/backends\.md/,
  ],
])('a package that %s is refused', async (_, code, message) => {
  install(code);
  await expect(nodeGpu.start()).rejects.toThrow(message);
});

test('a process with the library of the other package is refused', async () => {
  install(registering(true));
  registerBackend('tensorflow', () => ({ isGPUPackage: false, dispose() {} }) as unknown as KernelBackend);
  try {
    await expect(nodeGpu.start()).rejects.toThrow(/has that of tfjs-node\. .*in a process of its own/);
  } finally {
    removeBackend('tensorflow');
  }
});
