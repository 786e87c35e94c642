import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openQueue } from '../sweep/queue.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { addressProblem, driverAddress, isPostgres, withoutSecrets } from './address.ts';
import { hasStore, openStore } from './open.ts';

test.each([
  ['postgres://host/base', true],
  ['postgresql://host/base', true],
  ['PostgreSQL://host/base', true],
  ['.scalpel/results.sqlite', false],
  ['postgres.sqlite', false],
  ['postgres/results.sqlite', false],
  ['/data/postgres:5432/results.sqlite', false],
  ['./user:name@host/results.sqlite', false],
  ['C:\\results\\results.sqlite', false],
  ['results@monday.sqlite', false],
  ['./host=local.sqlite', false],
  ['seed=3/user=me.sqlite', false],
])('%s is PostgreSQL: %s, and nothing is wrong with it', (address, expected) => {
  expect(isPostgres(address)).toBe(expected);
  expect(addressProblem(address)).toBeNull();
});

test.each([
  ['postgres://me:secret@host:5433/base?sslmode=require&password=hidden', 'postgres://me@host:5433/base'],
  ['postgres://host/base', 'postgres://host/base'],
  ['postgres://me:a%b@:::/base', 'the PostgreSQL server'],
  ['.scalpel/results.sqlite', '.scalpel/results.sqlite'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutSecrets(address)).toBe(shown);
});

describe('what is nearly the address of a server is refused without a word of its password, and makes no folder:', () => {
  test.each([
    'postgres:/me:hidden@host/base',
    'postgresql:/me:hidden@host/base',
    'postgres:me:hidden@host/base',
    'POSTGRES:/me:hidden@host/base',
    'postgres//me:hidden@host/base',
    'postgres;//me:hidden@host/base',
    'postgres:\\\\me:hidden@host\\base',
    'postgress://me:hidden@host/base',
    'postgres+ssl://me:hidden@host/base',
    'jdbc:postgresql://me:hidden@host/base',
    ' postgres://me:hidden@host/base',
    '"postgres://me:hidden@host/base"',
    '"postgres:/me:hidden@host/base"',
    'postgres://me:hidden@host/base\n',
    'postgres://me:hidden@host/my base',
    '//me:hidden@host/base',
    'me:hidden@host/base',
    'me@host/base?password=hidden',
    'host:5432/base?password=hidden',
    '127.0.0.1:5432/base?password=hidden',
    'postgres://me:hid#den@host/base',
    'postgres://me:12#hidden@host/base',
    'postgres://me:12?hidden@host/base',
    'postgres://me:12/hidden@host/base',
    'postgres://me:hid/den@host/base',
    'host=localhost user=me password=hidden dbname=base',
    'password=hidden',
    " dbname = base  password = 'hidden'",
    "application_name='a/b' password=hidden",
    'Server=host;Port=5432;User Id=me;Password=hidden;Database=base',
  ])('%j', async (address) => {
    const folder = temporaryFolder();
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    for (const open of [
      openStore,
      hasStore,
      (given: string) => openQueue(given, { id: 'cpu', version: 1 }),
    ]) {
      const message = await open(address).then(String, (error: Error) => error.message);
      expect(message).toMatch(/^The address of the store .*postgres:\/\/user:password@host:port\/database/);
      expect(message).not.toMatch(/hid|den|12/);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(join(folder, address))).toBe(false);
  });
});

describe.each(['prefer', 'require', 'verify-ca', 'verify-full'])('sslmode=%s', (mode) => {
  const address = `postgres://me:a%40b@host/base?application_name=x&sslmode=${mode}`;

  test('reaches the driver as what it takes it for, without a warning of its own', async () => {
    const { default: pg } = await import('pg');
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    // This must be the first address of its form: the driver warns only once.
    const client = new pg.Client({ connectionString: driverAddress(address) });
    expect(warn).not.toHaveBeenCalled();
    // The driver checks the certificate and the name in it.
    expect(client.ssl).toEqual({});
    expect([client.user, client.password, client.host, client.database]).toEqual([
      'me',
      'a@b',
      'host',
      'base',
    ]);
  });
});

test.each([
  'postgres://me@host/base',
  'postgres://me@host/base?sslmode=disable',
  'postgres://me@host/base?sslmode=no-verify&sslrootcert=a',
  'postgres://me@host/base?uselibpqcompat=true&sslmode=require',
])('%s is given to the driver as it is', (address) => {
  expect(driverAddress(address)).toBe(address);
});
