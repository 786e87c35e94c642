import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '../..');
const run = promisify(execFile);

const outputs: Record<string, RegExp> = {
  'compose.ts': /step 1: .*\nstep 2: /,
  'train.ts': /step 400: fit 0\.0/,
  'leaderboard.ts': /Bloop/,
  'plugin.ts': /equalized: Equalized/,
};

test('every example is listed', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files.sort()).toEqual(Object.keys(outputs).sort());
});

test.each(Object.entries(outputs))('%s runs', async (name, output) => {
  const { stdout } = await run(process.execPath, [join(folder, name)], { cwd: root });
  expect(stdout).toMatch(output);
});

test.each(['README.md', 'CONTRIBUTING.md'])('what %s shows and names is there', async (page) => {
  const text = await readFile(join(root, page), 'utf8');
  const sources = await Promise.all(Object.keys(outputs).map((name) => readFile(join(folder, name), 'utf8')));
  for (const [, code] of text.matchAll(/```ts\n([\s\S]*?)```/g)) {
    expect(sources.some((source) => source.includes(code!))).toBe(true);
  }
  const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target]) => target!);
  for (const target of links) await readFile(join(root, target));
});

test('the commands that README names exist', async () => {
  const text = await readFile(join(root, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const [, script] of text.matchAll(/pnpm(?:@[\d.]+)? ([a-z]+)/g))
    expect(Object.keys(scripts)).toContain(script);
});
