import { expect, test } from 'vitest';
import { parseSeeds } from './seeds.ts';

test.each([
  [undefined, undefined],
  ['1', [0]],
  ['3', [0, 1, 2]],
  ['3,7', [3, 7]],
  ['7, 3', [7, 3]],
  ['7,', [7]],
])('%j gives %j', (text, seeds) => {
  expect(parseSeeds(text)).toEqual(seeds);
});

test.each(['0', '-1', 'two', '1.5', '1,,2', ',', '1e3', '9'.repeat(20)])('%j is refused', (text) => {
  expect(() => parseSeeds(text)).toThrow(`--seeds is "${text}".`);
});

test('a seed given twice is refused', () => {
  expect(() => parseSeeds('3,3')).toThrow('names a seed twice');
});
