import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { escapeMarkdown, escapeXml, markdownCode, visible, visibleLine } from './escape.ts';

/** Any text, with many harmful characters in it. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[2J', '\r', '\n', '\u202e', '\u009b', '`', '|', '<b>', ']]>', '\ud800'),
    ),
  )
  .map((parts) => parts.join(''));

const isHidden = (character: string) =>
  /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u.test(character);

test('nothing hidden is left but line feeds, and what can be seen stays', () => {
  fc.assert(
    fc.property(text, (given) => {
      const shown = visible(given);
      expect([...shown].filter((character) => character !== '\n' && isHidden(character))).toEqual([]);
      expect(shown.replace(/\\u[0-9a-f]{4}/g, '')).toBe(
        [...given]
          .filter((c) => c === '\n' || !isHidden(c))
          .join('')
          .replace(/\\u[0-9a-f]{4}/g, ''),
      );
      expect(visible(shown)).toBe(shown);
      expect(visibleLine(given)).not.toMatch(/[\r\n]/);
    }),
  );
});

test('JSON says the same before and after', () => {
  fc.assert(
    fc.property(fc.dictionary(text, text), (value) => {
      expect(JSON.parse(visible(JSON.stringify(value, null, 2)))).toEqual(value);
    }),
  );
});

test('a reader of XML finds the text that is shown, and nothing else', () => {
  fc.assert(
    fc.property(text, (given) => {
      const { document } = parseHTML(
        `<html><body><p title="${escapeXml(given)}">${escapeXml(given)}</p></body></html>`,
      );
      const paragraph = document.querySelector('p')!;
      expect(paragraph.children).toHaveLength(0);
      expect(paragraph.textContent).toBe(visible(given));
      expect(paragraph.getAttribute('title')).toBe(visible(given));
    }),
  );
});

test('Markdown has each of its marks escaped, on one line', () => {
  fc.assert(
    fc.property(text, (given) => {
      const escaped = escapeMarkdown(given);
      expect(escaped).not.toMatch(/[\r\n]/);
      expect(escaped.replace(/\\./g, '')).not.toMatch(/[\\`*_[\]<>|#&~$]/);
    }),
  );
});

test.each([
  ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
  ['[a](javascript:b)', '\\[a\\](javascript:b)'],
  ['a | b', 'a \\| b'],
  ['- a', '\\- a'],
  ['---', '\\---'],
  ['1. a', '1\\. a'],
  ['1.5 or -2', '1.5 or -2'],
  ['-0.25', '-0.25'],
  ['a\n# b', 'a \\# b'],
  ['&lt;', '\\&lt;'],
])('%j in Markdown is %j', (given, escaped) => {
  expect(escapeMarkdown(given)).toBe(escaped);
});

test('code holds whatever marks it likes', () => {
  expect(markdownCode('a = 1')).toBe('`a = 1`');
  expect(markdownCode('a`` b`')).toBe('``` a`` b` ```');
  fc.assert(
    fc.property(text, (given) => {
      const [, fence, code] = /^(`+)(.*?[^`])?\1$/s.exec(markdownCode(`x${given}x`))!;
      expect(code!.includes(fence!) && code!.split(/[^`]+/).includes(fence!)).toBe(false);
    }),
  );
});
