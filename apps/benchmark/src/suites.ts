import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Suite } from '@scalpel/bench';
import { suggestion } from '@scalpel/core/nearest';
import { root } from './programs.ts';
import { waitFor } from './waiting.ts';

const folder = resolve(root, 'benchmarks/suites');
const extensions = ['.ts', '.js', '.mjs'];

/**
 * Loads a suite by its name under `benchmarks/suites/`, or by the path of a module with the suite as its
 * default export.
 */
export async function loadSuite(name: string): Promise<Suite> {
  const file = suiteFile(name);
  if (file === undefined || !existsSync(file)) {
    throw new Error(
      isPath(name)
        ? `There is no suite at ${file}. Give the path of a module, or a name: ${suiteNames().join(', ')}.`
        : `There is no suite "${name}" in ${folder}. ${suggestion(name, suiteNames())} Or give the path of a .ts or .js file.`,
    );
  }
  const { checkSuite } = await import('@scalpel/bench');
  const module = await importSuite(file);
  return checkSuite(module.default, `The default export of ${file}`);
}

/** The file of a suite by its name or path; undefined for an unknown name. */
export function suiteFile(name: string): string | undefined {
  return isPath(name) ? resolve(name) : ownSuiteFile(name);
}

/** The file of a suite of this repository. */
export function ownSuiteFile(name: string): string | undefined {
  return files().find((file) => nameOf(file) === name);
}

function isPath(name: string): boolean {
  return extensions.includes(extname(name));
}

async function importSuite(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await waitFor(
      () => `suite ${file} to be imported: a top-level await in it, or in what it imports, has not settled`,
      () => import(pathToFileURL(file).href),
    );
  } catch (error) {
    // Node's message for an error of syntax does not name the file.
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw new Error(`Suite ${file} failed while it was imported: ${reason}. Fix it, or name another.`, {
      cause: error,
    });
  }
}

/** The names of the suites of this repository. */
export function suiteNames(): string[] {
  return files().map(nameOf);
}

function files(): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => extensions.includes(extname(file)) && !file.endsWith('.test.ts'))
    .map((file) => resolve(folder, file));
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}
