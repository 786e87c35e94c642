import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rememberCode } from '@scalpel/bench';
import type { Toolkit } from '@scalpel/bench/toolkit';

/** What modules hold and import, as they are loaded: enough to tell later whether the code of a definition has changed. */
export interface Sources {
  /** Stops watching, and tells of every task and combiner what its code is: its module, and all that this imports from its own package. */
  identify(toolkit: Toolkit): Promise<void>;
}

/** Watches all that is imported from now on; `loaders` are the modules that import the plugins. */
export function watchSources(loaders: readonly string[]): Sources {
  const contents = new Map<string, string>();
  const imports = new Map<string, Set<string>>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const { parentURL = '' } = context;
      imports.set(parentURL, (imports.get(parentURL) ?? new Set()).add(resolved.url));
      return resolved;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (url.startsWith('file:') && loaded.source) contents.set(url, hashOf(loaded.source as string));
      return loaded;
    },
  });

  /** A module and all that it imports from its own package. */
  function closureOf(url: string): string[] {
    const root = packageOf(url);
    const found = new Set([url]);
    for (const one of found) {
      for (const next of imports.get(one) ?? []) {
        if (contents.has(next) && packageOf(next) === root) found.add(next);
      }
    }
    return [...found];
  }

  /** Of contents alone: a file that was moved is as it was. */
  const codeAt = (url: string) =>
    hashOf(
      closureOf(url)
        .map((one) => contents.get(one))
        .sort()
        .join(),
    ).slice(0, 16);

  return {
    async identify(toolkit) {
      hooks.deregister();
      const known = new Set<unknown>([...toolkit.tasks, ...toolkit.combiners]);
      for (const entry of loaders.flatMap((loader) => [...(imports.get(loader) ?? [])])) {
        if (!contents.has(entry)) continue;
        // Those that are imported come later: a definition that is exported again counts where it is made.
        for (const url of closureOf(entry)) {
          const module = await import(url);
          const plugin = module.plugin ?? module.default;
          const own = url === entry ? [...(plugin?.tasks ?? []), ...(plugin?.combiners ?? [])] : [];
          for (const value of [...own, ...Object.values(module)]) {
            if (known.has(value)) rememberCode(value as Toolkit['tasks'][number], codeAt(url));
          }
        }
      }
    },
  };
}

/** The folder of the nearest package, or else that of the module. */
function packageOf(url: string): string {
  const folder = dirname(fileURLToPath(url));
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
  }
  return pathToFileURL(folder).href;
}

function hashOf(text: string | NodeJS.ArrayBufferView): string {
  return createHash('sha256').update(text).digest('hex');
}
