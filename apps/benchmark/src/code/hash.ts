import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Meaning, type Module, moduleOf, type Parse } from './module.ts';
import type { Executed } from './syntax.ts';

/** The hash of what an export of a module is made by. */
export type CodeHash = (url: string, name: string) => string;

/** Begins a hash: those that were made in another way cannot be compared with it. */
const WAY = '2-';

/** Where the module lies that another one imports by a name; undefined for one that does not count, such as that of another package. */
export type Resolve = (specifier: string, from: string) => string | undefined;

/**
 * The hash of the statements that an export needs, wherever they stand: those that declare it, and those that declare what these mention. Files may be moved,
 * divided and joined, and comments and types may change: it stays the same.
 */
export function createCodeHash(parse: Parse, resolve: Resolve): CodeHash {
  const modules = new Map<string, Module>();
  const moduleAt = (url: string) => {
    const file = fileURLToPath(url);
    const module = modules.get(url) ?? moduleOf(parse, file, readFileSync(file, 'utf8'));
    modules.set(url, module);
    return module;
  };
  return (url, name) => {
    const contents = [...neededBy({ moduleAt, resolve }, url, name)].map(({ content }) => content);
    const all = [...new Set(contents)].sort().join('\n');
    return WAY + createHash('sha256').update(all).digest('hex').slice(0, 16);
  };
}

interface Graph {
  readonly moduleAt: (url: string) => Module;
  readonly resolve: Resolve;
}

function neededBy({ moduleAt, resolve }: Graph, start: string, exported: string): ReadonlySet<Executed> {
  const found = new Set<Executed>();
  const seen = new Set<string>();

  function exportOf(url: string, name: string): void {
    if (seen.has(`${url} ${name}`)) return;
    seen.add(`${url} ${name}`);
    const { declared, others, exports, passedOn, isWhole } = moduleAt(url);
    if (name === '*' || isWhole) {
      for (const statement of [...others, ...declared.values()]) add(url, statement);
      for (const own of exports.values()) follow(url, own);
    }
    const own = exports.get(name);
    if (own) follow(url, own);
    else for (const from of passedOn) follow(url, { from, name });
  }

  function follow(url: string, { from, name }: Meaning): void {
    const other = from === null ? undefined : resolve(from, url);
    if (from === null) named(url, name);
    else if (other !== undefined) exportOf(other, name);
  }

  function named(url: string, name: string): void {
    const { declared, imports } = moduleAt(url);
    const [imported, statement] = [imports.get(name), declared.get(name)];
    if (imported) follow(url, imported);
    if (statement) add(url, statement);
  }

  function add(url: string, statement: Executed): void {
    if (found.has(statement)) return;
    found.add(statement);
    for (const name of statement.mentions) named(url, name);
    for (const from of statement.loads) follow(url, { from, name: '*' });
    // What a module does when it is loaded counts for all in it.
    for (const other of moduleAt(url).others) add(url, other);
  }

  exportOf(start, exported);
  return found;
}
