import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lengthOf, wrap } from './wrap.ts';

test('no line is longer than allowed, and no letter is lost', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.integer({ min: 1, max: 30 }),
      (text, width) => {
        const lines = wrap(text, width);
        expect(Math.max(...lines.map(lengthOf))).toBeLessThanOrEqual(width);
        const letters = (words: string) => words.replace(/[ \n]/g, '');
        expect(letters(lines.join(''))).toBe(letters(text));
      },
    ),
  );
});

test('lines break between words, at line feeds, and within a word that is too long alone', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('one\ntwo', 7)).toEqual(['one', 'two']);
  expect(wrap('one-and-two', 7)).toEqual(['one-and', '-two']);
});
