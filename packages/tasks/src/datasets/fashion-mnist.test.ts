import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fashionMnist, readClasses } from './fashion-mnist.ts';
import type { LabelledImages } from './mnist.ts';

const classes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const folder = mkdtempSync(join(tmpdir(), 'fashion-'));
mkdirSync(join(folder, 'src', 'clothes'), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

/** A package in which each class has the given file. */
function packageOf(contentOf: (label: number) => unknown): string {
  for (const label of classes) {
    const content = contentOf(label);
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(folder, 'src', 'clothes', `${label}.json`), text);
  }
  return folder;
}

const image = (...first: number[]) => [...first, ...new Array<number>(784 - first.length).fill(0)];

function keysOf({ images, count, pixels }: LabelledImages): string[] {
  const bytes = Buffer.from(images.buffer);
  return Array.from({ length: count }, (_, index) =>
    bytes.toString('latin1', index * pixels, (index + 1) * pixels),
  );
}

test('every image is there once, in one of the two parts', () => {
  const { train, test: tested } = fashionMnist();
  expect([train.count, train.pixels, tested.count, tested.pixels]).toEqual([59_946, 784, 10_000, 784]);
  for (const { images, labels, count, pixels } of [train, tested]) {
    expect(images).toHaveLength(count * pixels);
    expect(labels).toHaveLength(count);
  }
  expect(new Set([...keysOf(train), ...keysOf(tested)]).size).toBe(69_946);
});

test('classes are balanced: 1,000 test images of each, and what is left of 7,000 without duplicates to train on', () => {
  const { train, test: tested } = fashionMnist();
  const perClass = ({ labels }: LabelledImages) =>
    classes.map((label) => labels.reduce((count, own) => count + (own === label ? 1 : 0), 0));
  expect(perClass(tested)).toEqual(classes.map(() => 1000));
  expect(perClass(train)).toEqual([5997, 5994, 5987, 5993, 5994, 6000, 5987, 5996, 6000, 5998]);
});

test('both parts are in an order in which any beginning has all classes', () => {
  for (const { labels } of Object.values(fashionMnist())) {
    for (const label of classes) {
      const among = labels.subarray(0, 1000).filter((own) => own === label).length;
      // Six deviations of a binomial distribution.
      expect(Math.abs(among - 100)).toBeLessThan(6 * Math.sqrt(90));
    }
  }
});

test('split and order are the same at all times', () => {
  const { train, test: tested } = fashionMnist();
  const hash = ({ images, labels }: LabelledImages) =>
    createHash('sha256').update(images).update(labels).digest('hex').slice(0, 16);
  expect([hash(train), hash(tested)]).toEqual(['be81e470bd0a3084', '77c08a059bc7e49b']);
  expect(fashionMnist().train).toBe(train);
});

test('pixels have the mean and deviation that training takes off', () => {
  const { images } = fashionMnist().train;
  let sum = 0;
  let squares = 0;
  for (const pixel of images) {
    sum += pixel / 255;
    squares += (pixel / 255) ** 2;
  }
  const mean = sum / images.length;
  expect(mean).toBeCloseTo(0.2861, 4);
  expect(Math.sqrt(squares / images.length - mean ** 2)).toBeCloseTo(0.3529, 4);
});

test('empty images and those that were there before, in any class, are left out', () => {
  const read = readClasses(
    packageOf((label) => ({ data: [image(label, 1), [], image(label, 2), image(label, 1), image(0, 2)] })),
  );
  expect(read.map((images) => images.map((own) => [...own.subarray(0, 2)]))).toEqual(
    classes.map((label) => [
      [label, 1],
      [label, 2],
    ]),
  );
});

test.each([
  ['not JSON', '{"data":[', /0\.json cannot be read\./],
  ['another object', { images: [] }, /0\.json has no list of images\./],
  ['too short', { data: [image(), [1, 2, 3]] }, /0\.json is damaged: image 1 is not a list of 784 pixels\./],
])('a file that is %s is refused with its path and what to do', (_, content, message) => {
  const read = () => readClasses(packageOf(() => content));
  expect(read).toThrow(message);
  expect(read).toThrow(/run "pnpm install --force"/);
});

test('so is one that is not there', () => {
  expect(() => readClasses(join(folder, 'nowhere'))).toThrow(/nowhere.*0\.json cannot be read/);
});
