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

/** The tables without times: the last column but one of each table, and the total time of the runs. */
const untimed = (tables: string) =>
  tables
    .replaceAll(/(?:ms\/step|[\d.]+|─+)(?= +(?:memory|[\d.e-]+ MB|─+)$)/gm, '')
    .replaceAll(/[\d.]+(?= minutes of training)/g, '')
    .replaceAll(/ +/g, ' ');

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

  test('waits for workers, who join it and leave when nothing is left', async () => {
    const shared = ['--store', await postgres!.database()];
    const none = await scalpel(['worker', ...shared, ...plugin], { cwd: folder });
    expect(none.stdout).toContain('Nothing is left. Made here: 0 finished, 0 diverged, 0 failed.');
    const enqueued = await scalpel(['run', suite, '--workers', '0', ...shared, ...plugin], { cwd: folder });
    expect(enqueued.stdout).toContain('Testing on wasm: 12 runs, for workers elsewhere\n');
    expect(enqueued.stdout).toContain('12 of 12 runs wait for workers: scalpel worker --store postgres://');
    expect(enqueued.status).toBe(0);
    const without = await scalpel(['worker', ...shared], { cwd: folder });
    expect(without.stderr).toContain('needs task "valley", which is not loaded here. Load it with --plugin');
    expect(without.status).toBe(1);
    const workers = await Promise.all(
      [1, 2].map(() => scalpel(['worker', '--workers', '1', ...shared, ...plugin], { cwd: folder })),
    );
    expect(workers.map(({ status, stderr }) => [status, stderr])).toEqual(Array(2).fill([0, '']));
    const made = workers.flatMap(({ stdout }) => stdout.match(/^(?:finished|diverged) .*/gm) ?? []);
    expect(made.map((line) => line.replace(/:.*/, '')).toSorted()).toHaveLength(new Set(made).size);
    expect(made).toHaveLength(12);
    const again = await scalpel(['run', suite, ...shared, ...plugin], { cwd: folder });
    expect(again.stdout).toBe('Testing on wasm: 12 runs, all done before\n');
  });

  test('with trials gives workers the trials first, and then what they choose', async () => {
    const tuned = fileURLToPath(new URL('../testing/tuned.ts', import.meta.url));
    const puts = async () => (await run('run', tuned, '--workers', '0')).stdout;
    expect(await puts()).toContain('24 of 24 runs wait for workers');
    expect((await run('worker', '--workers', '1')).status).toBe(0);
    const [, left, all] = /(\d+) of (\d+) runs wait for workers/.exec(await puts())!;
    expect(Number(left)).toBe(Number(all) - 24);
    expect((await run('worker', '--workers', '1')).status).toBe(0);
    expect(await puts()).toContain(`Tuned on wasm: ${all} runs, all done before`);
  });
});

test.each([
  [['worker'], 2, 'worker needs --store.'],
  [['worker', '--store', 'results.sqlite'], 2, 'A worker joins a sweep at postgres://'],
  [['worker', '--store', 'postgres://127.0.0.1:1/x'], 1, '127.0.0.1:1/x cannot be reached'],
  [['worker', '--store', 'postgres://127.0.0.1:1/x', '--workers', '0'], 2, 'Give a whole number from 1.'],
  [['worker', '--store', 'postgres://127.0.0.1:1/x', '--backend', 'wsm'], 1, 'Did you mean "wasm"?'],
  [['run', suite, '--time-limit', '0'], 2, '--time-limit is "0". Give a number of seconds above 0'],
  [['run', suite, '--silence-limit', '1e9'], 2, '--silence-limit is "1e9".'],
])('%j is refused', async (given, expected, message) => {
  const { status, stderr } = await scalpel([...given, ...plugin], { cwd: folder });
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(status).toBe(expected);
});
