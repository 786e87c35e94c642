import fc from 'fast-check';
import { expect, test } from 'vitest';
import { table } from './terminal.ts';

const cell = fc.array(fc.stringMatching(/^[a-zλ]{1,14}$/), { maxLength: 6 }).map((words) => words.join(' '));
const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });

test('no line is wider than the terminal, and no letter is lost', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 30, max: 120 }), (rows, width) => {
      const text = table(['a', 'b', 'c'], rows, width);
      for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(width);
      const letters = (of: string) => [...of.replaceAll(/[\s─]/g, '')].sort().join('');
      expect(letters(text)).toBe(letters(`abc${rows.flat().join('')}`));
    }),
  );
});

test('columns are aligned, and rows of several lines are set apart', () => {
  expect(
    table(
      ['id', 'title'],
      [
        ['a', 'one\ntwo'],
        ['bc', ''],
      ],
      80,
    ),
  ).toBe(['id  title', '──  ─────', 'a   one', '    two', '', 'bc'].join('\n'));
  expect(
    table(
      ['id', 'title'],
      [
        ['a', 'one'],
        ['bc', 'two'],
      ],
      80,
    ),
  ).toBe(['id  title', '──  ─────', 'a   one', 'bc  two'].join('\n'));
});

test('words wrap, and a word that is too long is cut', () => {
  expect(table(['x'], [['some words and incomprehensibilities']], 10)).toBe(
    ['x', '──────────', 'some words', 'and', 'incomprehe', 'nsibilitie', 's'].join('\n'),
  );
});
