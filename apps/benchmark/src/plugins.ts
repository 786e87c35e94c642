import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Toolkit } from '@scalpel/bench';
import { createToolkit } from '@scalpel/bench/sweep';
import type { Plugin } from '@scalpel/core';
import { bundled } from './programs.ts';
import { waitFor } from './waiting.ts';

/**
 * The kinds of definitions that a command loads. Tasks and backends are slow to import, so a command loads
 * only what it needs.
 */
export type Kind = 'combiners' | 'tasks' | 'backends';

const builtIn: Readonly<Record<Kind, () => Promise<readonly Plugin[]>>> = {
  combiners: async () => [
    (await import('@scalpel/bloop')).plugin,
    (await import('@scalpel/baselines')).plugin,
  ],
  tasks: async () => [(await import('@scalpel/tasks')).plugin],
  backends: async () => [(await import('@scalpel/backends/choose')).plugin],
};

/** The flag of every command that loads plugins. */
export const pluginFlag: {
  readonly plugin: { readonly type: 'string'; readonly valueHint: string; readonly description: string };
} = {
  plugin: {
    type: 'string',
    valueHint: 'name',
    description: 'A plugin to load from the current folder: a package or a path. May be repeated',
  },
};

/** The plugins of this repository with the given kinds, and those that the user names. */
export async function loadToolkit(kinds: readonly Kind[], names: readonly string[]): Promise<Toolkit> {
  const own = await Promise.all(kinds.map((kind) => builtIn[kind]()));
  const plugins = own.flat();
  for (const name of names) plugins.push(await loadPlugin(name, process.cwd()));
  return createToolkit(...plugins);
}

const kinds: readonly Kind[] = ['combiners', 'tasks', 'backends'];

/**
 * Everything that runs need, with the hashes of its code for the records. A bundle has no separate modules,
 * and so no hashes.
 */
export async function loadForRuns(names: readonly string[]): Promise<Toolkit> {
  if (bundled) return loadToolkit(kinds, names);
  const { watchSources } = await import('./code/sources.ts');
  const sources = watchSources([import.meta.url, moduleIn(process.cwd())]);
  const toolkit = await loadToolkit(kinds, names);
  await sources.identify(toolkit);
  return toolkit;
}

/** The URL of a module in a folder, from which a plugin is imported. */
function moduleIn(folder: string): string {
  return pathToFileURL(join(folder, 'scalpel.js')).href;
}

/** Imports a plugin as a module in `folder` would. Takes its export `plugin`, or else the default export. */
async function loadPlugin(name: string, folder: string): Promise<Plugin> {
  const parentURL = moduleIn(folder);
  let url: string | undefined;
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier !== name || context.parentURL !== import.meta.url) return next(specifier, context);
      const resolved = next(specifier, { ...context, parentURL });
      url = resolved.url;
      return resolved;
    },
  });
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await waitFor(
      () =>
        `plugin ${name} (${url}) to be imported: a top-level await in it, or in what it imports, has not settled`,
      () => import(name),
    );
  } catch (error) {
    throw new Error(url === undefined ? notFound(name, folder, error) : broken(name, url, error), {
      cause: error,
    });
  } finally {
    hooks.deregister();
  }
  const plugin = (module.plugin ?? module.default) as Plugin | undefined;
  if (plugin === undefined) {
    throw new Error(
      `Plugin ${name} (${url}) exports neither "plugin" nor a default. Export one made with definePlugin of @scalpel/core.`,
    );
  }
  try {
    createToolkit(plugin);
  } catch (error) {
    throw new Error(`Plugin ${name} (${url}): ${messageOf(error)}`, { cause: error });
  }
  return plugin;
}

function notFound(name: string, folder: string, error: unknown): string {
  const isPath = /^(?:\.|\/|[a-z]+:)/i.test(name);
  const next = isPath
    ? 'Check the path, or give the name of a package that is installed in this folder.'
    : `Install it in this folder (npm install ${name}), or give the path of a module, such as ./${name}.js.`;
  return `Plugin ${name} cannot be found from ${folder}: ${messageOf(error)}. ${next}`;
}

function broken(name: string, url: string, error: unknown): string {
  return `Plugin ${name} (${url}) failed while it was imported: ${messageOf(error)}. Fix or update it, or leave it out.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
