import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scalpel-ready-'));
  mkdirSync(join(folder, 'tools'));
  cpSync(join(import.meta.dirname, 'ready.mjs'), join(folder, 'tools/ready.mjs'));
  write('pnpm-workspace.yaml', 'packages: []\nnodeVersion: 20.0.0\n');
  write('pnpm-lock.yaml', 'a: 1\r\nb: 2\r\n');
  write('node_modules/.pnpm/lock.yaml', 'a: 1\nb: 2\n');
  write('program.mjs', 'console.log(JSON.stringify(process.argv.slice(1)));');
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function ready(...given: readonly string[]) {
  return spawnSync(process.execPath, ['tools/ready.mjs', ...given], { cwd: folder, encoding: 'utf8' });
}

test('goes on with the program as if it had been started itself', () => {
  const { status, stdout, stderr } = ready('program.mjs', '--flag', 'word');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([join(folder, 'program.mjs'), '--flag', 'word']);
  expect(status).toBe(0);
});

test('says nothing where all is installed', () => {
  expect(ready()).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test.each([
  ['nothing is', () => rmSync(join(folder, 'node_modules'), { recursive: true })],
  ['another lock file is', () => write('node_modules/.pnpm/lock.yaml', 'a: 1\n')],
])('starts nothing where %s installed', (_, spoil) => {
  spoil();
  for (const given of [[], ['program.mjs']]) {
    const { status, stdout, stderr } = ready(...given);
    expect(stderr).toMatch(/^scalpel: Not all packages are installed\. The install failed: see above/);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  }
});

test('starts nothing on a Node that is older than the pinned one', () => {
  write('pnpm-workspace.yaml', 'packages: []\nnodeVersion: 260.10.0\n');
  const { status, stdout, stderr } = ready('program.mjs');
  expect(stderr).toContain(`Node 260.10.0 is not installed, and this one is ${process.versions.node}.`);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
