import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scalpel } from './testing/scalpel.ts';

/** This text clears a terminal, changes the direction of text, and is a tag, a link, a cell and a heading. */
const WORDS = 'x\u001b[2J\u009b31m\r\u202e<script>alert(1)</script> [a](javascript:b) | `c` *d*\n# e';

const HIDDEN = /[^\P{Cc}\n]|[\u202a-\u202e]/u;

let folder = '';
const plugin = [
  '--plugin',
  './plugin.mjs',
  '--plugin',
  fileURLToPath(new URL('testing/plugin.ts', import.meta.url)),
];
const run = (...given: string[]) => scalpel([...given, ...plugin], { cwd: folder });

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-hostile-')));
  const words = JSON.stringify(WORDS);
  writeFileSync(
    join(folder, 'plugin.mjs'),
    `const options = { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } };
     const paper = { title: ${words}, authors: ${words}, year: 2024, arxiv: ${words} };
     const own = { title: ${words}, summary: ${words}, version: 1, paper };
     const weights = (rows) => rows.map(({ level }) => (level === 0 ? 1 : 0.1));
     export default {
       name: ${words},
       combiners: [{ ...own, id: 'hostile', options, guarantees: [], create: () => ({ name: 'h', needs: 'nothing', weights }) }],
       tasks: [{ ...own, id: 'throws', options, objectives: ['main', 'side'], create: () => { throw new Error(${words}); } }],
     };`,
  );
  const method = (label: string, combiner: string) => ({ label, combiner });
  const entry = (task: string) => ({
    task,
    title: WORDS,
    seeds: [0],
    axes: [
      { objective: 'main', reference: 10 },
      { objective: 'side', reference: 10 },
    ],
    methods: [method(WORDS, 'hostile'), method(`Mixed ${WORDS}`, 'mixed')],
  });
  const suite = { id: 'hostile', title: WORDS, summary: WORDS, entries: [entry('valley'), entry('throws')] };
  writeFileSync(join(folder, 'suite.mjs'), `export default ${JSON.stringify(suite)};`);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('what others wrote is shown by every command, and obeyed by none', async () => {
  const made = await run('run', './suite.mjs', '--workers', '1');
  expect(made.stdout.trim().split('\n')).toHaveLength(6);
  expect(made.stdout).toContain('\\u001b[2J');
  for (const given of [
    ['list', 'combiners'],
    ['list', 'tasks'],
    ['list', 'tasks', '--markdown'],
    ['list', 'combiners', '--markdown'],
    ['list', 'tasks', '--json'],
    ['run', './suite.mjs', '--dry-run'],
    ['run', './suite.mjs', '--dry-run', '--json'],
    ['run', './suite.mjs', '--only', WORDS.slice(0, 5)],
    ['leaderboard', './suite.mjs'],
    ['leaderboard', './suite.mjs', '--markdown'],
    ['leaderboard', './suite.mjs', '--json'],
  ]) {
    const { stdout, stderr } = await run(...given);
    expect(stdout + stderr).toContain('\\u001b');
    for (const text of [stdout, stderr]) expect(HIDDEN.exec(text)?.[0], given.join(' ')).toBeUndefined();
    if (given.includes('--markdown')) {
      expect(stdout.replaceAll(/\\./g, '')).not.toMatch(/<script|\[a\]\(|^# e/m);
    }
  }
});

test('its pages and pictures hold it as text', async () => {
  expect((await run('export', './suite.mjs', '--to', '.')).status).toBe(0);
  const results = join(folder, 'results');
  for (const file of readdirSync(results).filter((name) => /\.(?:svg|html|md)$/.test(name))) {
    const text = readFileSync(join(results, file), 'utf8');
    expect(HIDDEN.exec(text)?.[0], file).toBeUndefined();
    if (file.endsWith('.md')) expect(text.replaceAll(/\\./g, ''), file).not.toMatch(/<script|\[a\]\(|^# e/m);
    else expect(text, file).not.toMatch(/<script/);
  }
});
