import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { openStoreFile } from './file.ts';

const module = new URL('file.ts', import.meta.url);

/** Permissions do not hold for root, so root uses another user here. */
const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const isReadable =
  process.platform !== 'win32' &&
  spawnSync(process.execPath, ['-e', `fs.readFileSync(${JSON.stringify(module.pathname)})`], somebody)
    .status === 0;

/**
 * The view of a user without write permission: the number of runs, and the error of an attempt to delete
 * them.
 */
function lookFrom(file: string): readonly string[] {
  const script = `
    const { openStoreFile } = await import(${JSON.stringify(module.href)});
    try {
      const database = openStoreFile(${JSON.stringify(file)});
      console.log(database.prepare('select count(*) as count from run').get().count);
      database.exec('delete from run');
    } catch (error) {
      console.log(error.message);
    }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    ...somebody,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

/** Takes the write permission from a folder and its files until the end of the test. */
function protect(folder: string): void {
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o444);
  chmodSync(folder, 0o555);
  onTestFinished(() => chmodSync(folder, 0o755));
}

function filled(file: string) {
  const database = openStoreFile(file);
  database.exec("insert into run (key, state, spec) values ('a', 'running', '{}'), ('b', 'running', '{}')");
  return database;
}

test.skipIf(!isReadable)('what may not be written can be read, and stays as it is', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'of #1 ? 100%.sqlite');
  filled(file).close();
  const before = readFileSync(file);
  protect(folder);
  expect(lookFrom(file)).toEqual(['2', expect.stringContaining('readonly')]);
  expect(readdirSync(folder)).toEqual(['of #1 ? 100%.sqlite']);
  expect(readFileSync(file)).toEqual(before);
});

test.skipIf(!isReadable)('what another process is writing to is read as it is now', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'results.sqlite');
  const database = filled(file);
  protect(folder);
  expect(lookFrom(file)[0]).toBe('2');
  database.close();
});

test.skipIf(!isReadable)('results that were not taken into the file yet are not left out in silence', () => {
  const [folder, copy] = [temporaryFolder(), join(temporaryFolder(), 'copy')];
  mkdirSync(copy);
  const database = filled(join(folder, 'results.sqlite'));
  // The files as a killed process leaves them, after a restart of the machine.
  for (const end of ['', '-wal']) {
    copyFileSync(join(folder, `results.sqlite${end}`), join(copy, `results.sqlite${end}`));
  }
  database.close();
  chmodSync(join(copy, '..'), 0o755);
  protect(copy);
  expect(lookFrom(join(copy, 'results.sqlite')).join()).toContain(
    `its latest results are still in ${join(copy, 'results.sqlite')}-wal. Copy both`,
  );
});
