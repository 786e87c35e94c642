import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { combine, scalpel, start } from '../testing/scalpel.ts';

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

test('a reader that leaves early ends it quietly', async () => {
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
  await once(child, 'close');
  expect(stderr.join('')).toBe('');
});
