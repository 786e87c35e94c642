import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fitted } from './launch.ts';
import { suiteNames } from './suites.ts';
import { scalpel } from './testing/scalpel.ts';

describe('the command line', () => {
  test('without a command shows them all, in plain text where there is no terminal', async () => {
    const { status, stdout, stderr } = await scalpel([]);
    for (const name of ['run', 'leaderboard', 'export', 'combine', 'list', 'doctor']) {
      expect(stdout).toMatch(new RegExp(`^ *${name} `, 'm'));
    }
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(await scalpel(['--help'])).toEqual({ status, stdout, stderr });
  });

  test('describes a command without running it', async () => {
    const { status, stdout } = await scalpel(['combine', '--nonsense', '--help']);
    expect(stdout).toContain('--plugin=<name>');
    expect(status).toBe(0);
  });

  test('tells its version', async () => {
    expect((await scalpel(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [['lsit'], 'There is no command "lsit". Did you mean "list"?'],
    [['toString'], 'There is no command "toString". Known: run, leaderboard, '],
    [['--json', 'list'], 'Give the command first, then its flags (--json).'],
    [['list'], 'list needs KIND. See scalpel list --help.'],
    [['list', 'combiner'], 'Nothing to list is called "combiner". Did you mean "combiners"?'],
    [['list', 'tasks', '--jsn'], 'list has no flag --jsn. Did you mean "--json"?'],
    [['combine', 'input.jsonl'], 'combine does not know what to do with "input.jsonl".'],
  ])('refuses %j in one line, with exit status 2', async (given, message) => {
    const { status, stdout, stderr } = await scalpel(given);
    expect(stderr).toContain(`scalpel: ${message}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('help has whole words at 80 columns, each where its flag is', async () => {
  for (const name of ['run', 'leaderboard', 'worker', 'export', 'combine', 'list', 'doctor']) {
    const { stdout } = await scalpel([name, '--help']);
    const narrow = fitted(stdout, 80);
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(narrow.split(/\s+/)).toEqual(stdout.split(/\s+/));
  }
  expect(fitted('  --a=<x>    one two three\nfour', 33)).toBe('  --a=<x>    one two three\nfour\n');
  expect(fitted('  --a=<x>    one two three four five', 33)).toBe(
    '  --a=<x>    one two three four\n             five\n',
  );
});

describe('list', () => {
  test('suites has the name and title of each', async () => {
    const { status, stdout } = await scalpel(['list', 'suites', '--json']);
    const suites = JSON.parse(stdout) as readonly { readonly id: string; readonly title: string }[];
    expect(suites.map(({ id }) => id)).toEqual(suiteNames().sort());
    expect(status).toBe(0);
    const text = await scalpel(['list', 'suites']);
    for (const { id } of suites) expect(text.stdout).toMatch(new RegExp(`^${id} `, 'm'));
    expect((await scalpel(['list', 'suites', '--markdown'])).stdout).toContain('\n## quick\n');
  });

  test.each([
    [
      'combiners',
      ['bloop', 'mixed', 'mean', 'sum', 'mgda', 'pcgrad', 'dynamic-barrier'],
      ['guarantees', 'options'],
    ],
    ['tasks', ['quadratics'], ['objectives', 'options']],
    ['backends', ['wasm', 'cpu'], ['summary']],
  ])('%s --json gives objects with an id', async (kind, ids, fields) => {
    const { status, stdout } = await scalpel(['list', kind, '--json']);
    const entries = JSON.parse(stdout) as Record<string, unknown>[];
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) {
      for (const field of ['id', 'title', 'version', ...fields]) expect(entry).toHaveProperty(field);
    }
    expect(status).toBe(0);
  });

  test('describes options with their defaults', async () => {
    const { stdout } = await scalpel(['list', 'combiners']);
    expect(stdout).toMatch(/rho = 0\.01: number/);
    expect(stdout).toContain('arXiv\u00a02402.02998');
  });
});

describe('doctor', () => {
  test('--json holds what a record of a run would name', async () => {
    const { status, stdout, stderr } = await scalpel(['doctor', '--json']);
    // Drivers would print their warnings there.
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      node: process.versions.node,
      cores: expect.any(Number),
      memoryBytes: expect.any(Number),
      backends: expect.arrayContaining([
        {
          id: 'wasm',
          title: expect.any(String),
          works: true,
          detail: expect.any(String),
          rates: {
            copyBytesPerSecond: expect.any(Number),
            matrixProductPerSecond: expect.any(Number),
          },
        },
        expect.objectContaining({ id: 'webgl', works: false, next: expect.stringContaining('webgpu') }),
      ]),
      store: { path: expect.stringMatching(/results\.sqlite$/) },
    });
    expect(status).toBe(0);
  });

  test('reads as text', async () => {
    const { stdout } = await scalpel(['doctor', '--store', 'nowhere.sqlite']);
    expect(stdout).toMatch(/wasm +works +\d+\.\d GB\/s +\d+\.\d GFLOP\/s/);
    expect(stdout).toMatch(/nowhere\.sqlite: not there yet/);
  });

  test('finds a store that cannot be used', async () => {
    const { status, stdout } = await scalpel(['doctor', '--json', '--store', 'package.json']);
    expect(JSON.parse(stdout).store.problem).toContain('is not a SQLite database');
    expect(status).toBe(0);
  });
});

test('bench is a command of its own with the same manners', async () => {
  const bench = fileURLToPath(new URL('bench.ts', import.meta.url));
  const run = (...given: string[]) => spawnSync(process.execPath, [bench, ...given], { encoding: 'utf8' });
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--seeds=<n>') });
  expect(run('--', '--sedes', '5')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/bench has no flag --sedes\. Did you mean "--seeds"\?/),
  });
});
