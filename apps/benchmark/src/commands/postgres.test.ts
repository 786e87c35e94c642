import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasPostgres, type Postgres, startPostgres } from '@scalpel/bench/testing/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scalpel } from '../testing/scalpel.ts';

const suite = fileURLToPath(new URL('../testing/suite.ts', import.meta.url));
const plugin = ['--plugin', fileURLToPath(new URL('../testing/plugin.ts', import.meta.url))];

let folder = '';
let postgres: Postgres | undefined;
let store: readonly [string, string] = ['--store', ''];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scalpel-postgres-')));
  if (!hasPostgres) return;
  postgres = await startPostgres();
  store = ['--store', await postgres.database()];
});

afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true });
});

/** Without what a run took, the last column of each table. */
const untimed = (tables: string) => tables.replaceAll(/ *(?:s\/run|─+|\d\.\d+|–)$/gm, '');

const run = (...given: string[]) => scalpel([...given, ...plugin, ...store], { cwd: folder });

describe.skipIf(!hasPostgres)('a suite whose results are on a server', () => {
  test('has none before it was run, and looking makes no store', async () => {
    expect((await run('leaderboard', suite)).stderr).toContain('No run of ');
    expect((await run('run', suite, '--dry-run')).stdout).toContain('12 runs, 12 of them would be made.');
    const { stdout } = await scalpel(['doctor', ...store]);
    expect(stdout).toMatch(/Store postgres:\/\/.*: not there yet/);
  });

  test('is run, is not run again, and has the leaderboard that it has in a file', async () => {
    const { status, stdout, stderr } = await run('run', suite, '--workers', '2');
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^\[12\/12\] /);
    expect(status).toBe(0);
    expect((await run('run', suite)).stdout).toBe('Testing on wasm: 12 runs, all done before\n');
    const onServer = await run('leaderboard', suite);
    expect(readdirSync(folder)).toEqual([]);
    const inFile = ['--store', 'results.sqlite', ...plugin];
    await scalpel(['run', suite, '--workers', '2', ...inFile], { cwd: folder });
    const { stdout: expected } = await scalpel(['leaderboard', suite, ...inFile], { cwd: folder });
    expect(untimed(onServer.stdout)).toBe(untimed(expected));
    expect((await scalpel(['doctor', ...store])).stdout).toMatch(/Store postgres:\/\/.*: works/);
  });
});
