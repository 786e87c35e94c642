import { randomFrom } from '@scalpel/core';
import { expect, test } from 'vitest';
import { evenStarts, randomWindows, windowsFrom } from './windows.ts';

// In a longer text, of which only this part is meant: a window that crossed its border would hold another
// byte.
const whole = Uint8Array.from({ length: 200 }, (_, index) => index);
const part = whole.subarray(50, 90);

const starts = (rows: readonly (readonly number[])[]) => rows.map(([first]) => first! - 50);

test('a window is a run of bytes of the part, and may begin at each of its bytes', () => {
  const windows = randomWindows(part, 2000, 7, randomFrom(1));
  expect([windows.shape, windows.dtype]).toEqual([[2000, 7], 'int32']);
  const rows = windows.arraySync();
  for (const row of rows) expect(row).toEqual(row.map((_, index) => row[0]! + index));
  expect(new Set(starts(rows))).toEqual(new Set(Array.from({ length: 34 }, (_, start) => start)));
  windows.dispose();
});

test('even starts go from the first window to the last', () => {
  expect(evenStarts(part, 4, 7)).toEqual([0, 11, 22, 33]);
  expect(evenStarts(part, 1, 7)).toEqual([0]);
  const windows = windowsFrom(part, [0, 33], 7);
  expect(starts(windows.arraySync())).toEqual([0, 33]);
  expect(windows.arraySync()[1]!.at(-1)).toBe(whole[89]);
  windows.dispose();
});
