import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lines } from './lines.ts';

async function* stream(chunks: readonly string[]) {
  yield* chunks;
}

async function read(chunks: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(stream(chunks))) found.push(line);
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
