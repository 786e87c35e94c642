import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release } from 'node:os';
import { sep } from 'node:path';
import type { BackendDefinition } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Checked, Environment } from '../records/index.ts';

/** What this process runs on; `checkOf` knows what the last check of the backend, which says this of itself, came to. */
export async function describeEnvironment(
  backend: BackendDefinition,
  checkOf: (detail: string) => Checked | null = () => null,
): Promise<Environment> {
  const { detail } = await backend.probe();
  return {
    backend: detail,
    tfjs: tf.version_core,
    node: process.versions.node,
    os: `${process.platform} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    commit: process.env.SCALPEL_COMMIT ?? commitOf(import.meta.dirname),
    checked: checkOf(detail),
  };
}

/** Null outside a git checkout. An installed package lies in the checkout of whoever installed it, if any: that one is not meant. */
function commitOf(folder: string): string | null {
  if (folder.split(sep).includes('node_modules')) return null;
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+`;
  } catch {
    return null;
  }
}
