import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';

/** From the bottom up: a wing may import the entry of any wing before it, types included. */
const WINGS = [
  'statistics',
  'text',
  'plan',
  'records',
  'leaderboard',
  'plots',
  'report',
  'run',
  'store',
  'sweep',
];

const src = import.meta.dirname;

interface Import {
  readonly to: string;
  /** True if nothing of it is left when the program runs. */
  readonly isType: boolean;
}

/**
 * The imports of a file, also re-exports and dynamic ones: files by their paths under `src`, packages by
 * their names.
 */
function importsOf(file: string): Import[] {
  const source = readFileSync(join(src, file), 'utf8');
  const { module } = parseSync(file, source);
  const later = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    to: source.slice(start + 1, end - 1),
    isType: false,
  }));
  const now = [...module.staticImports, ...module.staticExports].flatMap((statement) => {
    const entries = statement.entries as readonly {
      readonly isType: boolean;
      readonly moduleRequest?: { readonly value: string } | null;
    }[];
    const request = 'moduleRequest' in statement ? statement.moduleRequest : entries[0]?.moduleRequest;
    const isType = entries.length > 0 && entries.every((entry) => entry.isType);
    return request ? [{ to: request.value, isType }] : [];
  });
  return [...now, ...later].map(({ to, isType }) => ({
    to: to.startsWith('.') ? join(dirname(file), to) : to,
    isType,
  }));
}

const files = globSync('*/**/*.ts', { cwd: src }).filter(
  (file) => !/\.test\.ts$|\.d\.ts$|^testing\//.test(file),
);
const wingOf = (file: string) => file.split('/')[0]!;

test('all folders are wings, and few files stand beside them', () => {
  expect([...new Set(files.map(wingOf))].sort()).toEqual(WINGS.toSorted());
  expect(globSync('*.ts', { cwd: src }).length).toBeLessThanOrEqual(6);
});

test.each(WINGS)('%s imports doors of wings below it alone', (wing) => {
  const below = WINGS.slice(0, WINGS.indexOf(wing));
  const allowed = below.map((other) => `${other}/index.ts`);
  const others = files
    .filter((file) => wingOf(file) === wing)
    .flatMap((file) => importsOf(file).map(({ to }) => ({ file, to })))
    .filter(({ to }) => to.endsWith('.ts') && wingOf(to) !== wing);
  expect(others.filter(({ to }) => !allowed.includes(to))).toEqual([]);
});

/** All packages and modules of Node that a file loads, at once or later. */
function reachedFrom(file: string): string[] {
  const seen = new Set([file]);
  const reached = new Set<string>();
  for (const one of seen) {
    for (const { to, isType } of importsOf(one)) {
      if (!isType) (to.endsWith('.ts') ? seen : reached).add(to);
    }
  }
  return [...reached].sort();
}

test('a suite or a page in a browser can import the root: it needs neither Node nor a database nor what draws', () => {
  expect(reachedFrom('index.ts')).toEqual([
    '@noble/hashes/sha2.js',
    '@noble/hashes/utils.js',
    '@scalpel/core',
    '@scalpel/core/nearest',
    'jstat',
    'zod',
  ]);
  expect(reachedFrom('text/index.ts')).toEqual([]);
});
