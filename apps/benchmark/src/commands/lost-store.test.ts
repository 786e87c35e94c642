import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { scalpel, start } from '../testing/scalpel.ts';

const suite = fileURLToPath(new URL('../testing/suite.ts', import.meta.url));
const plugin = ['--plugin', fileURLToPath(new URL('../testing/plugin.ts', import.meta.url))];

test('a store that is deleted during a run ends it with status 1; what was kept goes on, and a number that changes in it is said and made again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scalpel-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = (...given: string[]) => scalpel([...given, ...plugin], { cwd: folder });

  const child = start(['run', suite, '--workers', '1', '--store', 'results.sqlite', ...plugin], folder);
  const errors = text(child.stderr);
  let isDeleted = false;
  child.stdout.on('data', (lines) => {
    if (isDeleted || !String(lines).includes('1/12]')) return;
    isDeleted = true;
    rmSync(join(folder, 'results.sqlite'));
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(await errors).toMatch(
    /were lost: the file was deleted or renamed\. What could be kept is in .*--store/,
  );
  expect(status).toBe(1);

  const kept = readdirSync(folder).find((name) => /\.rescued-.*\.sqlite$/.test(name))!;
  const goesOn = await run('run', suite, '--store', kept);
  expect(goesOn.stdout).toMatch(/^Testing on wasm: 12 runs, (?:\d+ of them|all) done before/);
  expect(goesOn.status).toBe(0);

  const database = new DatabaseSync(join(folder, kept));
  const { run: key } = database.prepare("select run from metric where name = 'train/main'").get() as {
    run: string;
  };
  database.prepare("update metric set value = value * 1.0001 where name = 'train/main' and run = ?").run(key);
  database.close();
  const wrong = await run('leaderboard', suite, '--store', kept);
  expect(wrong).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining(`the record of run ${key} is not as it was written`),
  });
  const again = await run('run', suite, '--store', kept);
  expect(again.stdout).toMatch(
    /^Testing on wasm: 12 runs, 11 of them done before.*\ndamaged: .* \(its record was damaged, so it is made again: .*\)\n\[12\/12\] /,
  );
  expect((await run('leaderboard', suite, '--store', kept)).status).toBe(0);
});
