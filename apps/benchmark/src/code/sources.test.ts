import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scalpel } from '../testing/scalpel.ts';

const tasks = fileURLToPath(new URL('../testing/plugin.ts', import.meta.url));
const FORMULA = 'export const weights = (rows) => rows.map(({ level }) => (level === 0 ? 1 : 0.5));';

let folder = '';
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const run = (command: string, plugin: string, ...more: readonly string[]) =>
  scalpel([command, './suite.mjs', '--plugin', plugin, '--plugin', tasks, ...more], { cwd: folder });

/** The message of commands about changed code, on standard error. */
const CHANGED =
  /^warning: The code of combiner "own" has changed since 1 of these 2 runs were made, and its version has not\./;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-sources-')));
  write('package.json', '{}');
  write('formula.mjs', FORMULA);
  write(
    'plugin.mjs',
    `import { weights } from './formula.mjs';
     const options = { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } };
     const create = () => ({ name: 'own', needs: 'nothing', weights });
     export const plugin = { name: 'own', combiners: [{ id: 'own', title: 't', summary: 's', version: 1, options, guarantees: [], create }] };`,
  );
  const axes = ['main', 'side'].map((objective) => ({ objective, reference: 10 }));
  const methods = ['own', 'mixed'].map((combiner) => ({ label: combiner, combiner }));
  const entries = [{ task: 'valley', seeds: [0], axes, methods }];
  write(
    'suite.mjs',
    `export default ${JSON.stringify({ id: 'sources', title: 'S', summary: 's', entries })};`,
  );
  const { status, stderr } = await run('run', './plugin.mjs', '--workers', '1');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await run('export', './plugin.mjs', '--to', '.');
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a formula that was edited without raising its version is named, and nothing else', async () => {
  write('formula.mjs', FORMULA.replace('0.5', '0.25'));
  for (const [command, ...more] of [['run'], ['run', '--dry-run'], ['leaderboard', '--json']] as const) {
    const { status, stderr } = await run(command, './plugin.mjs', ...more);
    expect(stderr).toMatch(CHANGED);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(0);
  }
  write('formula.mjs', FORMULA);
  expect((await run('run', './plugin.mjs')).stderr).toBe('');
});

test('a plugin that was moved is as it was', async () => {
  for (const file of ['package.json', 'plugin.mjs', 'formula.mjs']) {
    cpSync(join(folder, file), join(folder, 'moved', file));
  }
  const { stdout, stderr } = await run('run', './moved/plugin.mjs');
  expect(stdout).toContain('2 runs, all done before');
  expect(stderr).toBe('');
});

test('of records that do not know their code nothing is said', async () => {
  const published = readFileSync(join(folder, 'results/sources.jsonl'), 'utf8');
  write('old.jsonl', published.replaceAll(/"code":\{[^}]*\},/g, ''));
  write('new.jsonl', published);
  write('formula.mjs', FORMULA.replace('0.5', '0.25'));
  expect((await run('leaderboard', './plugin.mjs', '--records', 'new.jsonl')).stderr).toMatch(CHANGED);
  expect((await run('leaderboard', './plugin.mjs', '--records', 'old.jsonl')).stderr).toBe('');
});
