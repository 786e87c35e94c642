import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { hasSmallDisks, onProtectedDisk, onSmallDisk } from '../testing/small-disk.ts';
import { writeWhole } from './write-whole.ts';

test('replaces what was there, keeps who may read it, and leaves nothing beside it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'page.html');
  writeWhole(file, 'one');
  chmodSync(file, 0o600);
  writeWhole(file, 'two');
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['page.html']);
});

test('writes where a link points, and keeps the link', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'page.html'), 'one');
  symlinkSync('page.html', join(folder, 'link.html'));
  writeWhole(join(folder, 'link.html'), 'two');
  expect(lstatSync(join(folder, 'link.html')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'page.html'), 'utf8')).toBe('two');
});

test('writes to a device as it is', () => {
  writeWhole('/dev/null', 'text');
  expect(statSync('/dev/null').isFile()).toBe(false);
});

test('names what could not be written, and leaves nothing behind', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'taken'));
  expect(() => writeWhole(join(folder, 'taken'), 'text')).toThrow(
    /taken could not be written \(EISDIR.*as it was before/,
  );
  writeFileSync(join(folder, 'file'), '');
  expect(() => writeWhole(join(folder, 'file', 'page.html'), 'text')).toThrow(
    /page\.html could not be written \((?:EEXIST|ENOTDIR)/,
  );
  expect(readdirSync(folder)).toEqual(['file', 'taken']);
});

test('makes the folders that are missing', () => {
  const file = join(temporaryFolder(), 'deep', 'down', 'page.html');
  writeWhole(file, 'text');
  expect(readFileSync(file, 'utf8')).toBe('text');
});

test.skipIf(!hasSmallDisks)(
  'on a full disk keeps the file from before whole, and makes no empty one',
  async () => {
    const folder = temporaryFolder();
    const child = onSmallDisk(folder, 64, join(import.meta.dirname, '../testing/full.ts'), folder);
    const said: unknown[] = [];
    child.on('message', (message) => said.push(message));
    await once(child, 'exit');
    expect(said).toEqual([
      expect.stringMatching(/table\.md could not be written \(ENOSPC.*It is as it was before\. Make room/),
      expect.stringMatching(/new\.md could not be written \(ENOSPC.*Nothing was left there/),
      [['filler', 'table.md'], 'the first\n'],
    ]);
  },
);

test.skipIf(!hasSmallDisks)('where nothing may be written says that, and not to make room', async () => {
  const folder = temporaryFolder();
  const child = onProtectedDisk(folder, join(import.meta.dirname, '../testing/protected.ts'), folder);
  const said: unknown[] = [];
  child.on('message', (message) => said.push(message));
  await once(child, 'exit');
  expect(said).toEqual([
    expect.stringMatching(
      /table\.md could not be written \(EROFS.*Nothing was left there\. It may not be written there: ask for the right to, or name another file\.$/,
    ),
  ]);
});
