import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { openStoreFile } from './file.ts';

/** A store with enough data to have many pages. */
function filledStore(folder: string): string {
  const file = join(folder, 'filled.sqlite');
  const database = openStoreFile(file);
  const insert = database.prepare("insert into run (key, state, spec) values (?, 'running', ?)");
  database.exec('begin');
  for (let index = 0; index < 500; index++) insert.run(`key ${index}`, 'x'.repeat(200));
  database.exec('commit');
  database.close();
  return file;
}

test('is made where it is missing, folders included, and without leftovers', () => {
  const folder = join(temporaryFolder(), 'deep', 'down');
  openStoreFile(join(folder, 'results.sqlite')).close();
  expect(readdirSync(folder)).toEqual(['results.sqlite']);
});

test('keeps what it holds when it is opened again', () => {
  const database = openStoreFile(filledStore(temporaryFolder()));
  expect(database.prepare('select count(*) as count from run').get()).toEqual({ count: 500 });
  database.close();
});

test('a second opener does not disturb the first', () => {
  const file = join(temporaryFolder(), 'results.sqlite');
  const [first, second] = [openStoreFile(file), openStoreFile(file)];
  first.exec("insert into run (key, state, spec) values ('a', 'running', '{}')");
  second.exec("insert into run (key, state, spec) values ('b', 'running', '{}')");
  expect(first.prepare('select key from run order by key').all()).toEqual([{ key: 'a' }, { key: 'b' }]);
  first.close();
  second.close();
});

test('brings a store of the first version up to date, with what it holds', () => {
  const file = filledStore(temporaryFolder());
  const old = new DatabaseSync(file);
  old.exec(
    'pragma journal_mode = delete; alter table run drop column path; alter table run drop column lost; alter table run drop column cost; alter table run drop column checksum; alter table run drop column curve; alter table run drop column weights; drop table checkpoint; pragma user_version = 1',
  );
  old.close();
  for (const database of [openStoreFile(file), openStoreFile(file)]) {
    expect(
      database.prepare('select count(*) as count, count(path) as paths, sum(lost) as lost from run').get(),
    ).toEqual({
      count: 500,
      paths: 0,
      lost: 0,
    });
    expect(database.prepare('pragma user_version').get()).toEqual({ user_version: 7 });
    database.close();
  }
});

describe('refuses, and leaves untouched,', () => {
  const cases: readonly (readonly [string, (file: string) => void, RegExp])[] = [
    ['text', (file) => writeFileSync(file, 'a,b\n1,2\n'.repeat(100)), /is not a SQLite database/],
    ['a few bytes', (file) => writeFileSync(file, 'SQLite format 3\0'), /is not a SQLite database/],
    ['an empty file', (file) => writeFileSync(file, ''), /is empty/],
    ['a folder', (file) => mkdirSync(file), /is not a file/],
    [
      'the database of another program',
      (file) => {
        const database = new DatabaseSync(file);
        database.exec("create table run (key text); insert into run values ('theirs')");
        database.close();
      },
      /not one that Scalpel made/,
    ],
    [
      'a newer store',
      (file) => {
        openStoreFile(file).close();
        const database = new DatabaseSync(file);
        database.exec('pragma journal_mode = delete; pragma user_version = 99');
        database.close();
      },
      /has schema version 99, but this version of Scalpel reads 7.*Update Scalpel/,
    ],
    [
      'a store that was cut off',
      (file) => {
        copyFileSync(filledStore(temporaryFolder()), file);
        truncateSync(file, 3 * 4096);
      },
      /is malformed/,
    ],
    [
      'a store with rubbish in the middle',
      (file) => {
        const bytes = readFileSync(filledStore(temporaryFolder()));
        bytes.fill(0xa5, 5 * 4096, 6 * 4096);
        writeFileSync(file, bytes);
      },
      /is damaged/,
    ],
  ];

  test.each(cases)('%s', (_, make, problem) => {
    const folder = temporaryFolder();
    const file = join(folder, 'results.sqlite');
    make(file);
    const content = () => (existsSync(file) && readdirSync(folder).length === 1 ? contentOf(file) : 'gone');
    const before = content();
    expect(() => openStoreFile(file)).toThrow(problem);
    expect(() => openStoreFile(file)).toThrow(/It was left as it is\. .*--store/);
    expect(content()).toEqual(before);
  });
});

test('is not made over what is left of another, or in use', () => {
  const file = join(temporaryFolder(), 'results.sqlite');
  const database = openStoreFile(file);
  database.exec("insert into run (key, state, spec) values ('a', 'running', '{}')");
  rmSync(file);
  expect(() => openStoreFile(file)).toThrow(
    /results\.sqlite is gone, but its latest changes still lie beside it\. Put the file back, or move/,
  );
  expect(existsSync(file)).toBe(false);
  database.close();
  for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  openStoreFile(file).close();
});

test('says so where it cannot be made', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(() => openStoreFile(join(folder, 'file', 'results.sqlite'))).toThrow(
    /results\.sqlite cannot be made/,
  );
});

function contentOf(file: string): Buffer | 'folder' {
  try {
    return readFileSync(file);
  } catch {
    return 'folder';
  }
}
