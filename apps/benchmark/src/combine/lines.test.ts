import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lines } from './lines.ts';

async function* stream(chunks: readonly string[]) {
  yield* chunks;
}

async function read(chunks: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { text } of lines(stream(chunks))) found.push(text);
  return found;
}

test('lines are the same however the text is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('a', 'bc\n', '\n', '\u2028', 'd\r\n')), async (chunks) => {
      expect(await read(chunks)).toEqual(await read([chunks.join('')]));
      expect((await read(chunks)).join('\n')).toBe(chunks.join('').replace(/\n$/, ''));
    }),
  );
});

test('the end of a line is a line feed alone, and the last line needs none', async () => {
  expect(await read(['a\u2028b\n', 'c\u0085', 'd'])).toEqual(['a\u2028b', 'c\u0085d']);
  expect(await read(['a\n', ''])).toEqual(['a']);
  expect(await read([])).toEqual([]);
});

test('a line that is too long is a start of it, wherever chunks end, and the lines after it come', async () => {
  const long = '{"id":"long"}'.repeat(1000);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20_000 }), async (cut) => {
      const text = `first\n${long}\nlast`;
      const found = [];
      for await (const line of lines(stream([text.slice(0, cut), text.slice(cut)]), 5000)) found.push(line);
      expect(found).toEqual([
        { text: 'first', isWhole: true },
        { text: long.slice(0, 1000), isWhole: false },
        { text: 'last', isWhole: true },
      ]);
    }),
  );
});

test('a line of exactly the greatest length is whole', async () => {
  const found = [];
  for await (const line of lines(stream(['abc', 'd', 'e\nabcde', 'f']), 5)) found.push(line);
  expect(found).toEqual([
    { text: 'abcde', isWhole: true },
    { text: 'abcdef', isWhole: false },
  ]);
});
