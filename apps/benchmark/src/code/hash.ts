import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Meaning, type Module, moduleOf, type Parse } from './module.ts';
import type { Executed } from './syntax.ts';

/** The hash of the code behind an export of a module. */
export type CodeHash = (url: string, name: string) => string;

/** The prefix of a hash. It names the algorithm: hashes of other algorithms cannot be compared with it. */
const WAY = '2-';

/**
 * The URL of an imported module. Undefined for modules that do not count, such as those of other packages.
 */
export type Resolve = (specifier: string, from: string) => string | undefined;

/**
 * The hash of the statements that an export needs, wherever they are: its declaration, and the declarations
 * of all names in it. The hash stays the same if files are moved, split or joined, and if comments or types
 * change.
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
    // Statements that run when a module is loaded count for all its exports.
    for (const other of moduleAt(url).others) add(url, other);
  }

  exportOf(start, exported);
  return found;
}
