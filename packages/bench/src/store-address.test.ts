import { expect, test } from 'vitest';
import { isPostgres, withoutSecrets } from './store-address.ts';

test.each([
  ['postgres://host/base', true],
  ['postgresql://host/base', true],
  ['.scalpel/results.sqlite', false],
  ['postgres.sqlite', false],
  ['postgres:/file', false],
])('%s is PostgreSQL: %s', (address, expected) => {
  expect(isPostgres(address)).toBe(expected);
});

test.each([
  ['postgres://me:secret@host:5433/base?sslmode=require&password=hidden', 'postgres://me@host:5433/base'],
  ['postgres://host/base', 'postgres://host/base'],
  ['postgres://me:a%b@:::/base', 'the PostgreSQL server'],
  ['.scalpel/results.sqlite', '.scalpel/results.sqlite'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutSecrets(address)).toBe(shown);
});
