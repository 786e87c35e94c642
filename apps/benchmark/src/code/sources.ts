import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Toolkit } from '@scalpel/bench';
import { rememberCode } from '@scalpel/bench';
import { createCodeHash } from './hash.ts';

/** The loaded modules. They tell later if the code of a definition has changed. */
export interface Sources {
  /** Stops watching, and records the code of every task and combiner. */
  identify(toolkit: Toolkit): Promise<void>;
}

/** Watches all imports from now on. `loaders` are the modules that import the plugins. */
export function watchSources(loaders: readonly string[]): Sources {
  /** The files that a module imports, by the names that it uses for them. */
  const imports = new Map<string, Map<string, string>>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const { parentURL = '' } = context;
      if (resolved.url.startsWith('file:')) {
        imports.set(parentURL, (imports.get(parentURL) ?? new Map()).set(specifier, resolved.url));
      }
      return resolved;
    },
  });

  const importedBy = (url: string) => [...(imports.get(url)?.values() ?? [])];

  /** A module and all modules that it imports from its own package. */
  function closureOf(url: string): string[] {
    const root = packageOf(url);
    const found = new Set([url]);
    for (const one of found) {
      for (const next of importedBy(one)) if (packageOf(next) === root) found.add(next);
    }
    return [...found];
  }

  return {
    async identify(toolkit) {
      hooks.deregister();
      // Imported only here, since a bundle does not include it.
      const { parseSync } = await import('oxc-parser');
      const known = new Set<unknown>([...toolkit.tasks, ...toolkit.combiners]);
      for (const entry of loaders.flatMap(importedBy)) {
        const own = closureOf(entry);
        const codeOf = createCodeHash(parseSync, (specifier, from) => {
          const url = imports.get(from)?.get(specifier);
          return url !== undefined && own.includes(url) ? url : undefined;
        });
        const remember = (values: readonly unknown[], url: string, name: string) => {
          for (const value of values) {
            if (known.has(value)) rememberCode(value as Toolkit['tasks'][number], () => codeOf(url, name));
          }
        };
        for (const url of own) {
          // Data files define nothing.
          if (!/\.[cm]?[jt]s$/.test(url)) continue;
          const module = await import(url);
          if (url === entry) {
            // A definition without a name of its own is a part of its plugin.
            const name = 'plugin' in module ? 'plugin' : 'default';
            const { tasks = [], combiners = [] } = module[name] ?? {};
            remember([...tasks, ...combiners], url, name);
          }
          for (const [name, value] of Object.entries(module)) remember([value], url, name);
        }
      }
    },
  };
}

/** The folder of the nearest package, or else the folder of the module. */
function packageOf(url: string): string {
  const folder = dirname(fileURLToPath(url));
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
  }
  return pathToFileURL(folder).href;
}
