import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readIdx } from './idx.ts';
import { labelledImages } from './mnist.ts';

const folder = mkdtempSync(join(tmpdir(), 'idx-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, ...bytes: number[]): string {
  const path = join(folder, name);
  writeFileSync(path, Uint8Array.from(bytes));
  return path;
}

const matrix = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];
const images = file('images', 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6);

test('shape and values', () => {
  const { shape, values } = readIdx(file('good', ...matrix, 1, 2, 3, 4, 5, 255), 2);
  expect(shape).toEqual([2, 3]);
  expect([...values]).toEqual([1, 2, 3, 4, 5, 255]);
});

test.each([
  [
    'truncated',
    [...matrix, 1, 2, 3],
    /truncated is damaged: it has 15 bytes, but its shape \[2,3\] takes 18\./,
  ],
  ['overlong', [...matrix, 1, 2, 3, 4, 5, 6, 7], /it has 19 bytes, but its shape \[2,3\] takes 18/],
  ['empty', [], /it has 0 bytes, fewer than its header of 12/],
  [
    'floats',
    [0, 0, 13, 2, ...matrix.slice(4)],
    /begins with 0x00000d02 instead of 0x00000802 \(unsigned bytes, rank 2\)/,
  ],
  ['vector', [0, 0, 8, 1, ...matrix.slice(4)], /begins with 0x00000801 instead of 0x00000802/],
])('a file that is %s is refused with its path and what to do', (name, bytes, message) => {
  const read = () => readIdx(file(name, ...bytes), 2);
  expect(read).toThrow(message);
  expect(read).toThrow(join(folder, name));
  expect(read).toThrow(/run "pnpm install --force"/);
});

test('a missing file is named, with what to do', () => {
  const path = join(folder, 'nowhere');
  expect(() => readIdx(path, 1)).toThrow(`Cannot read ${path}. Run "pnpm install", which brings this file.`);
});

test('images and labels go together', () => {
  const labels = (...values: number[]) => file('labels', 0, 0, 8, 1, 0, 0, 0, values.length, ...values);
  const { count, pixels, images: values, labels: read } = labelledImages(images, labels(4, 2));
  expect({ count, pixels, values: [...values], labels: [...read] }).toEqual({
    count: 2,
    pixels: 2,
    values: [9, 8, 7, 6],
    labels: [4, 2],
  });
  expect(() => labelledImages(images, labels(1, 2, 3))).toThrow(/has 2 images, but .*labels has 3 labels/);
});
