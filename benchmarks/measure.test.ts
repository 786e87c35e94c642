import { expect, test } from 'vitest';
import { byTurns, digits, median, ratio, table } from './measure.ts';

test('all take turns, and the first round does not count', async () => {
  const calls: string[] = [];
  const contestant = (name: string) => () => calls.push(name);
  const times = await byTurns(2, { one: contestant('one'), other: async () => contestant('other')() });
  expect(calls).toEqual(['one', 'other', 'one', 'other', 'one', 'other']);
  expect(times).toEqual({ one: [3, 5], other: [4, 6] });
});

test('a ratio is that of most rounds, not that of the medians', () => {
  // One slow moment of the machine slowed both in the second round, and another only one side in the third.
  expect(ratio([4, 40, 8], [2, 20, 4])).toBe(2);
  expect(ratio([4, 400, 8], [2, 20, 4])).toBe(2);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('a bar in a cell does not end it', () => {
  expect(table(['|a|'], [['x|y']]).split('\n')[0]).toBe('| \\|a\\| |');
});

test('a table stands in columns, numbers to the right', () => {
  const lines = table(
    ['what', 'ms'],
    [
      ['long name', digits(1234.5)],
      ['x', digits(0.123456)],
      ['none', ''],
    ],
  ).split('\n');
  expect(lines).toEqual([
    '| what      |    ms |',
    '| --------- | ----: |',
    '| long name |  1235 |',
    '| x         | 0.123 |',
    '| none      |       |',
  ]);
});
