import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release } from 'node:os';
import { sep } from 'node:path';
import type { BackendDefinition } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Checked, Environment } from '../records/index.ts';

/**
 * Describes the environment of this process. `checkOf` gives the result of the last check of the backend
 * whose own description it receives.
 */
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

/**
 * The commit of the checkout; null outside a git checkout. An installed package may lie in the checkout of
 * another project, whose commit is not the right one.
 */
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
