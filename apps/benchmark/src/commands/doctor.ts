import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { hasStore, isPostgres, openStore, withoutSecrets } from '@scalpel/bench/sweep';
import type { BackendDefinition, BackendProbe } from '@scalpel/core';
import { answersIn } from '../answers.ts';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { print, printJson } from '../output.ts';
import { loadToolkit, pluginFlag } from '../plugins.ts';
import { programOf } from '../programs.ts';
import type { Rates } from '../rates.ts';
import { checkStore, storeFlag } from '../store.ts';
import { table } from '../terminal.ts';

const args = {
  backend: {
    type: 'positional',
    required: false,
    description: 'With --check: the only backend to check; without it, each that starts here',
  },
  check: {
    type: 'boolean',
    description: 'Compare what backends compute on this machine with float64, in about half a minute each',
  },
  seed: { type: 'string', valueHint: 'n', description: 'With --check: another number checks other inputs' },
  json: { type: 'boolean', description: 'Print a JSON object' },
  ...storeFlag,
  ...pluginFlag,
} as const;

export const doctor: Command = command({
  meta: {
    name: 'doctor',
    description: 'Shows what this machine offers, how fast it is, and what to install for more',
  },
  args,
  async run({ backend, check, seed, json, store, plugin: plugins }) {
    checkStore(store);
    if (!check && (backend !== undefined || seed !== undefined)) {
      const what = backend === undefined ? '--seed' : `"${backend}"`;
      throw new UsageError(
        `doctor takes ${what} with --check alone: scalpel doctor --check ${backend ?? ''}`.trim(),
      );
    }
    const toolkit = await loadToolkit(['backends'], plugins);
    if (check) {
      const { checkBackends } = await import('../check-backends.ts');
      return checkBackends(toolkit, { backend, seed: parseSeed(seed), plugins, json: Boolean(json) });
    }
    const { backends } = toolkit;
    const found = {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      backends: await examineAll(backends, plugins),
      store: await storeState(store),
    };
    if (json) printJson(found);
    else print(describe(found));
  },
});

function parseSeed(text = '1'): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--seed is "${text}". Give a whole number from 0.`);
  return Number(text);
}

interface Findings {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly backends: readonly Finding[];
  readonly store: StoreState;
}

interface Finding extends BackendProbe {
  readonly id: string;
  readonly title: string;
  readonly rates?: Rates;
}

/** One after another, since they share the machine that is measured. */
async function examineAll(
  backends: readonly BackendDefinition[],
  plugins: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const backend of backends) findings.push(await examine(backend, plugins));
  return findings;
}

/**
 * Examines a backend in a process of its own: two backends may not work in the same process, a broken one may
 * end it, and drivers print their own lines. Errors are findings too: a probe that throws, and a backend that
 * should start but does not.
 */
async function examine({ id, title }: BackendDefinition, plugins: readonly string[]): Promise<Finding> {
  const program = programOf('measure');
  const own = ['--backend', id, ...plugins.map((name) => `--plugin=${name}`)];
  const { output, problem } = await promisify(execFile)(process.execPath, [
    program.file,
    ...program.arguments,
    ...own,
  ]).then(
    ({ stdout }) => ({ output: stdout, problem: null }),
    ({ stdout = '', stderr = '', message }) => ({
      output: stdout,
      problem: String(stderr.trim().split('\n').at(-1) || message).replace(/^scalpel: /, ''),
    }),
  );
  const [found, rates] = answersIn(output) as [BackendProbe?, Rates?];
  if (found === undefined) return { id, title, works: false, detail: problem ?? 'its probe has no answer' };
  if (!found.works || rates !== undefined) return { id, title, ...found, ...(rates && { rates }) };
  return { id, title, works: false, detail: `it should work, but does not: ${problem}` };
}

interface StoreState {
  /** The path of the file, or the address without its password. */
  readonly path: string;
  /** False if the store does not exist yet. */
  readonly there: boolean;
  /** The size of the file. */
  readonly bytes?: number;
  /** The reason why it cannot be used. */
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
  const rows = backends.map(({ id, works, detail, next, rates }) => [
    id,
    works ? 'works' : 'no',
    rates === undefined ? '' : `${scaled(rates.copyBytesPerSecond)}B/s`,
    rates === undefined ? '' : `${scaled(rates.matrixProductPerSecond)}FLOP/s`,
    next === undefined ? detail : `${detail}\n→ ${next}`,
  ]);
  const size = store.bytes === undefined ? 'works' : `${store.bytes} bytes`;
  const state = store.there ? size : 'not there yet: scalpel run makes it';
  return [
    `Node ${node} on ${platform}, ${cores} cores, ${memory}`,
    '',
    table(['backend', 'works', 'copies', 'matrix products', 'found'], rows),
    '',
    `Store ${store.path}: ${store.problem ?? state}`,
  ].join('\n');
}

function scaled(value: number): string {
  return value >= 1e12 ? `${(value / 1e12).toFixed(1)} T` : `${(value / 1e9).toFixed(1)} G`;
}
