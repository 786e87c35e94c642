import { statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { hasStore, isPostgres, openStore, withoutSecrets } from '@scalpel/bench';
import type { BackendDefinition } from '@scalpel/core';
import { repeated } from '../arguments.ts';
import { type Command, command } from '../command.ts';
import { loadToolkit, pluginFlag } from '../plugins.ts';
import { checkStore, storeFlag } from '../store.ts';
import { table } from '../terminal.ts';

const args = {
  json: { type: 'boolean', description: 'Print a JSON object' },
  ...storeFlag,
  ...pluginFlag,
} as const;

export const doctor: Command = command({
  meta: { name: 'doctor', description: 'Shows what this machine offers, and what to install for more' },
  args,
  async run({ args: { json, store }, rawArgs }) {
    checkStore(store);
    const { backends } = await loadToolkit(['backends'], repeated('plugin', rawArgs, args));
    const found = {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      backends: await Promise.all(backends.map(examine)),
      store: await storeState(store),
    };
    console.log(json ? JSON.stringify(found, null, 2) : describe(found));
  },
});

interface Findings {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly backends: readonly Awaited<ReturnType<typeof examine>>[];
  readonly store: StoreState;
}

/** A probe that throws is a finding too. */
async function examine({ id, title, probe }: BackendDefinition): Promise<{
  readonly id: string;
  readonly title: string;
  readonly works: boolean;
  readonly detail: string;
  readonly next?: string;
}> {
  try {
    return { id, title, ...(await probe()) };
  } catch (error) {
    return { id, title, works: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

interface StoreState {
  /** Of the file, or the address without its password. */
  readonly path: string;
  /** False where none has been made yet. */
  readonly there: boolean;
  /** Of a file. */
  readonly bytes?: number;
  /** Why it cannot be used. */
  readonly problem?: string;
}

async function storeState(store: string): Promise<StoreState> {
  const isServer = isPostgres(store);
  const path = isServer ? withoutSecrets(store) : resolve(store);
  try {
    if (!(await hasStore(store))) return { path, there: false };
    await (await openStore(store)).close();
    return { path, there: true, ...(!isServer && { bytes: statSync(path).size }) };
  } catch (error) {
    return { path, there: true, problem: error instanceof Error ? error.message : String(error) };
  }
}

function describe({ node, platform, cores, memoryBytes, backends, store }: Findings): string {
  const memory = `${(memoryBytes / 2 ** 30).toFixed(1)} GiB memory`;
  const rows = backends.map(({ id, works, detail, next }) => [
    id,
    works ? 'works' : 'no',
    next === undefined ? detail : `${detail}\n→ ${next}`,
  ]);
  const size = store.bytes === undefined ? 'works' : `${store.bytes} bytes`;
  const state = store.there ? size : 'not there yet: scalpel run makes it';
  return [
    `Node ${node} on ${platform}, ${cores} cores, ${memory}`,
    '',
    table(['backend', 'works', 'found'], rows),
    '',
    `Store ${store.path}: ${store.problem ?? state}`,
  ].join('\n');
}
