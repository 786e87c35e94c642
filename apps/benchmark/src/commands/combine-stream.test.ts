import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { combine, main, scalpel, start } from '../testing/scalpel.ts';

const gradients = [
  [-4, 1, 1],
  [6, 1, 1],
];

test('blank lines, a byte-order mark, carriage returns and separators within text do no harm', async () => {
  const one = JSON.stringify({ id: 'one\u2028two', combiner: 'sum', gradients });
  const { status, stdout, stderr } = await scalpel(['combine'], { input: `\uFEFF${one}\r\n\n  \r\n${one}` });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ id }) => id)).toEqual(['one\u2028two', 'one\u2028two']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('no input is no output', async () => {
  expect(await scalpel(['combine'])).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('each line is answered before the next one comes', async () => {
  const child = start(['combine']);
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (const id of ['first', 'second', 'third']) {
    child.stdin.write(`${JSON.stringify({ id, combiner: 'mean', gradients })}\n`);
    expect(JSON.parse(String((await answers.next()).value))).toMatchObject({ id, direction: [1, 1, 1] });
  }
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a matrix larger than any chunk, and more lines than any buffer', async () => {
  const row = Array.from({ length: 50_000 }, (_, index) => index / 7);
  const large = { id: 'large', combiner: 'sum', gradients: [row, row] };
  const small = Array.from({ length: 5_000 }, (_, id) => ({ id, combiner: 'sum', gradients }));
  const { answers, status } = await combine([large, ...small]);
  expect(answers[0]!.direction).toEqual(row.map((x) => 2 * x));
  expect(answers.slice(1).map(({ id }) => id)).toEqual(small.map(({ id }) => id));
  expect(status).toBe(0);
});

test('a reader that leaves early ends it quietly, with the status of a closed pipe', async () => {
  const child = start(['combine']);
  const stderr: string[] = [];
  child.stderr.on('data', (chunk) => stderr.push(String(chunk)));
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify({ id: 1, combiner: 'sum', gradients })}\n`);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  for (let id = 0; id < 1000; id++)
    child.stdin.write(`${JSON.stringify({ id, combiner: 'sum', gradients })}\n`);
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([141, null]);
  expect(stderr.join('')).toBe('');
});

/** Runs `combine` with files as standard input and output. */
function combineFiles(input: string, output: string) {
  const files = [openSync(input, 'r'), openSync(output, 'a')];
  try {
    return spawnSync(process.execPath, [main, 'combine'], { stdio: [...files, 'pipe'], encoding: 'utf8' });
  } finally {
    files.forEach(closeSync);
  }
}

test.skipIf(process.platform === 'win32')('a folder is no input', () => {
  const { status, stderr } = combineFiles(import.meta.dirname, '/dev/null');
  expect(stderr).toBe(
    'scalpel: Standard input is a folder. Give the cases in a file or a pipe: scalpel combine < cases.jsonl.\n',
  );
  expect(status).toBe(1);
});

test.skipIf(!existsSync('/dev/full'))('an output without room is one line and exit status 1', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'scalpel-')), 'cases.jsonl');
  const line = `${JSON.stringify({ id: 1, combiner: 'sum', gradients })}\n`;
  writeFileSync(file, line.repeat(1000));
  const { status, stderr } = combineFiles(file, '/dev/full');
  rmSync(dirname(file), { recursive: true });
  expect(stderr).toMatch(/^scalpel: standard output cannot be written: ENOSPC[^\n]*\n$/);
  expect(status).toBe(1);
});
