import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './json.ts';

test('values are those of JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!text.includes('__proto__'));
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('a property __proto__ is refused with its place, however it is written', () => {
  for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006Fto__', '\\u005F\\u005f\\u0070roto__']) {
    expect(() => parseJson(`{"a":[1,{"b":{"${name}":{}}}]}`), name).toThrow('a[1].b.__proto__: ');
    expect(() => parseJson(`[{"${name}":0}]`), name).toThrow('[0].__proto__: ');
  }
});

test('the word is fine where it is no name', () => {
  expect(parseJson('{"id":"__proto__","x":["\\u005f_proto__"]}')).toEqual({
    id: '__proto__',
    x: ['__proto__'],
  });
});

test('text that is not JSON is a SyntaxError', () => {
  expect(() => parseJson('{"__proto__":')).toThrow(SyntaxError);
});
