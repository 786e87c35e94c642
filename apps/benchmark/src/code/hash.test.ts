import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync } from 'oxc-parser';
import { afterAll, expect, test } from 'vitest';
import { createCodeHash } from './hash.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The hash of the export `method` of the first file. */
function hashOf(files: Readonly<Record<string, string>>, name = 'method'): string {
  const folder = mkdtempSync(join(tmpdir(), 'scalpel-hash-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const codeHash = createCodeHash(parseSync, (specifier, from) =>
    specifier.startsWith('.') ? new URL(specifier, from).href : undefined,
  );
  return codeHash(pathToFileURL(join(folder, Object.keys(files)[0]!)).href, name);
}

const METHOD = `
  import { half } from './half.ts';
  const SHARE: number = 0.3;
  export const method = { id: 'own', weights: (rows) => rows.map((row) => half(row) + SHARE) };`;
const HALF = `
  const TWO = 2;
  export function half(value: number): number {
    return value / TWO;
  }`;
const whole = hashOf({ 'method.ts': METHOD, 'half.ts': HALF });

test('is pinned: another parser must not make all records look as if their code had changed', () => {
  expect(whole).toBe('2-94cab7b586de01e2');
});

test.each([
  ['a comment', { 'method.ts': `// What it is.\n${METHOD}`, 'half.ts': HALF }],
  ['layout', { 'method.ts': METHOD.replaceAll(/\s+/g, ' '), 'half.ts': HALF }],
  ['quotes', { 'method.ts': METHOD.replaceAll("'own'", '"own"'), 'half.ts': HALF }],
  ['types', { 'method.ts': `type Row = 1;${METHOD.replace('(rows)', '(rows: Row[])')}`, 'half.ts': HALF }],
  [
    'an assertion',
    { 'method.ts': METHOD.replace('half(row)', '(half(row as never)! as any)'), 'half.ts': HALF },
  ],
  ['an export', { 'method.ts': METHOD.replace('const SHARE', 'export const SHARE'), 'half.ts': HALF }],
  ['a neighbour', { 'method.ts': METHOD, 'half.ts': `${HALF}\nexport const other = 5;` }],
  ['a moved file', { 'a/method.ts': METHOD.replace('./half', '../b/c/half'), 'b/c/half.ts': HALF }],
  [
    'a divided file',
    {
      'method.ts': METHOD,
      'half.ts': `import { TWO } from './two.ts';${HALF.replace('const TWO = 2;', '')}`,
      'two.ts': 'export const TWO = 2;',
    },
  ],
  ['joined files', { 'method.ts': HALF + METHOD.replace(/import.*;/, '') }],
  [
    'a door',
    {
      'method.ts': METHOD.replace('half.ts', 'index.ts'),
      'index.ts': "export * from './half.ts';",
      'half.ts': HALF,
    },
  ],
  [
    'a namesake',
    {
      'method.ts': "export { own as method } from './own.ts';",
      'own.ts': `${METHOD.replace('export ', '')} export { method as own };`,
      'half.ts': HALF,
    },
  ],
  ['another package', { 'method.ts': `import { other } from 'other';${METHOD}`, 'half.ts': HALF }],
])('does not depend on %s', (_, files) => {
  expect(hashOf(files)).toBe(whole);
});

test.each([
  ['a number', { 'method.ts': METHOD.replace('0.3', '0.4'), 'half.ts': HALF }],
  ['an operator', { 'method.ts': METHOD.replace('+', '-'), 'half.ts': HALF }],
  ['what is imported', { 'method.ts': METHOD, 'half.ts': HALF.replace('2', '3') }],
  ['an optional chain', { 'method.ts': METHOD.replace('rows.map', 'rows?.map'), 'half.ts': HALF }],
  ['a property', { 'method.ts': METHOD.replace('weights', 'heights'), 'half.ts': HALF }],
  ['what a module does when it is loaded', { 'method.ts': `${METHOD}\nregister();`, 'half.ts': HALF }],
  [
    'a module that is loaded for what it does',
    { 'method.ts': `import './do.ts';${METHOD}`, 'half.ts': HALF, 'do.ts': 'register();' },
  ],
  [
    'a module that is loaded later',
    {
      'method.ts': METHOD.replace('half(row)', "import('./do.ts')"),
      'half.ts': HALF,
      'do.ts': 'register();',
    },
  ],
])('depends on %s', (_, files) => {
  expect(hashOf(files)).not.toBe(whole);
});

test.each([
  ['null', 'false'],
  ['[1]', '[, 1]'],
  ['/a/g', '/a/'],
  ['1n', '1'],
  ['async () => 1', '() => 1'],
  ['a.b', 'a[b]'],
  ['-a', '!a'],
  ['`a`', '`b`'],
])('%s and %s are not the same', (one, other) => {
  expect(hashOf({ 'method.ts': `export const method = ${one};` })).not.toBe(
    hashOf({ 'method.ts': `export const method = ${other};` }),
  );
});

test('a module of CommonJS counts as a whole, with what it requires', () => {
  const main = "const { half } = require('./half.cjs');\nmodule.exports = { method: half(1) };";
  const hash = (half: string) => hashOf({ 'method.cjs': main, 'half.cjs': half }, 'default');
  expect(hash('exports.half = (x) => x / 2;')).not.toBe(hash('exports.half = (x) => x / 3;'));
});

test('circles of imports end', () => {
  const files = (two: string) => ({
    'method.ts':
      "import { two } from './two.ts'; export const one = () => two(); export const method = { one };",
    'two.ts': `import { one } from './method.ts'; export const two = () => one() + ${two};`,
  });
  expect(hashOf(files('1'))).not.toBe(hashOf(files('2')));
});
