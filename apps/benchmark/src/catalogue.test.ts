import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scalpel } from './testing/scalpel.ts';

test('docs/combiners.md is made from what the combiners declare', async () => {
  const page = readFileSync(new URL('../../../docs/combiners.md', import.meta.url), 'utf8');
  const { stdout, status } = await scalpel(['list', 'combiners', '--markdown']);
  expect(status).toBe(0);
  expect(page, 'Write it again: pnpm scalpel list combiners --markdown > docs/combiners.md').toBe(stdout);
});

test.each([
  ['tasks', '# Tasks', '## quadratics'],
  ['backends', '# Backends', '## wasm'],
])('list %s --markdown is a page too', async (kind, title, section) => {
  const { stdout } = await scalpel(['list', kind, '--markdown']);
  expect(stdout.split('\n')[0]).toBe(title);
  expect(stdout).toContain(`\n${section}\n`);
});

test('--markdown and --json exclude each other', async () => {
  const { status, stderr } = await scalpel(['list', 'combiners', '--markdown', '--json']);
  expect(status).toBe(2);
  expect(stderr).toContain('Give --markdown or --json, not both.');
});
