import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '../..');
const run = promisify(execFile);

const scripts: Record<string, RegExp> = {
  'compose.ts': /step 1: .*\nstep 2: /,
  'train.ts': /step 400: fit 0\.0/,
  'layers.ts': /quarter: right for .* for 0\.9\d at the end\nring: /,
  'layers-loop.ts': /back at step 100\nresumed after three epochs: the same history/,
  'kinds.ts': /^halved: /,
  'combiner.ts': /^direction /,
  'check.ts': /^right\n$/,
  'choose.ts': /^[a-z-]+: ./,
  'plugin.ts': /equalized: Equalized/,
  'streamed.ts': /kept: (after 50 steps the mean loss is 0\.\d+)\nstreamed: \1\n/,
};
const suite = 'leaderboard.ts';
const examples = [...Object.keys(scripts), suite].sort();

test('every example is listed', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files.sort()).toEqual(examples);
});

test.each(Object.entries(scripts))('%s runs, and prints the same again', async (name, output) => {
  const once = () => run(process.execPath, [join(folder, name)], { cwd: root });
  const [first, second] = await Promise.all([once(), once()]);
  expect(first.stdout).toMatch(output);
  expect(second.stdout).toBe(first.stdout);
});

test.each(['kinds.ts', 'combiner.ts'])('docs/combiner.md shows what %s prints', async (name) => {
  const { stdout } = await run(process.execPath, [join(folder, name)], { cwd: root });
  expect(await readFile(join(folder, '../combiner.md'), 'utf8')).toContain(`\`\`\`text\n${stdout}\`\`\``);
});

test('the suite runs and makes a leaderboard', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'scalpel-example-'));
  const store = join(scratch, 'results.sqlite');
  const scalpel = (...args: string[]) =>
    run(process.execPath, [join(root, 'apps/benchmark/src/main.ts'), ...args, '--store', store], {
      cwd: root,
    });
  const { stdout } = await scalpel('run', join(folder, suite));
  expect(stdout).toMatch(/18\/18/);
  const board = await scalpel('leaderboard', join(folder, suite));
  for (const label of ['Mixed', 'Bloop, no EMA', 'Bloop']) expect(board.stdout).toContain(label);
  await rm(scratch, { recursive: true });
});
