import { execFile, spawnSync } from 'node:child_process';
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
  'first.ts': /^mixed, /,
  'two-outputs.ts': /^price_loss: /,
  'report.ts': /^step: 49/,
  'checkpoint.ts': /the same: true/,
  'compose.ts': /step 1: .*\nstep 2: /,
  'train.ts': /step 400: fit 0\.0/,
  'layers.ts': /quarter: right for .* for 0\.9\d at the end\nring: /,
  'layers-loop.ts': /back at step 100\nresumed after three epochs: the same history/,
  'metrics.ts': /step 59: 0\.9\d* are right/,
  'own-optimizer.ts': /with an optimizer: the same true/,
  'gradients.ts': /^of left,right: /,
  'kinds.ts': /^halved: /,
  'combiner.ts': /^direction /,
  'check.ts': /^right\n$/,
  'choose.ts': /^[a-z-]+: ./,
  'plugin.ts': /equalized: Equalized/,
  'memory.ts': /^gradients kept: +(\d.*)\n.*: +\1\n/,
  'per-example.ts': /^mean: mean 0\.\d+, largest 1/,
  'streamed.ts': /kept: (after 50 steps the mean loss is 0\.\d+)\nstreamed: \1\n/,
};
/** The page that shows all that an example prints. */
const shownOn: Readonly<Record<string, string>> = {
  'first.ts': 'guide/first-training.md',
  'two-outputs.ts': 'guide/your-model.md',
  'report.ts': 'guide/reading-a-report.md',
  'checkpoint.ts': 'guide/checkpoints.md',
  'gradients.ts': 'guide/gradients.md',
  'memory.ts': 'guide/short-memory.md',
  'per-example.ts': 'guide/one-objective-an-example.md',
  'kinds.ts': 'combiner.md',
  'combiner.ts': 'combiner.md',
};
const page = (name: string) => readFile(join(folder, '..', name), 'utf8');
const block = (text: string) => `\`\`\`text\n${text}\`\`\``;

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
  if (shownOn[name]) expect(await page(shownOn[name])).toContain(block(first.stdout));
});

test('docs/guide/combine.md shows the cases and what `scalpel combine` answers', async () => {
  const cases = await readFile(join(folder, 'cases.jsonl'), 'utf8');
  const main = join(root, 'apps/benchmark/src/main.ts');
  const { status, stdout } = spawnSync(process.execPath, [main, 'combine'], {
    input: cases,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  const shown = await page('guide/combine.md');
  for (const text of [cases, stdout]) expect(shown).toContain(block(text));
});

test('the suite runs and makes a leaderboard', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'scalpel-example-'));
  const store = join(scratch, 'results.sqlite');
  const scalpel = (...args: string[]) =>
    run(process.execPath, [join(root, 'apps/benchmark/src/main.ts'), ...args, '--store', store], {
      cwd: root,
    });
  const { stdout } = await scalpel('run', join(folder, suite));
  expect(stdout).toMatch(/20\/20/);
  const board = await scalpel('leaderboard', join(folder, suite));
  for (const label of ['Mixed', 'Bloop, no EMA', 'Bloop']) expect(board.stdout).toContain(label);
  await rm(scratch, { recursive: true });
});
