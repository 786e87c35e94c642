import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, hashOf } from './canonical.ts';

/** The same value, with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

test('does not depend on the order of keys, and reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('tells apart what differs', () => {
  const specs = [{ a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, { a: 1, b: null }, [{ a: 1 }], { a: 1e-20 }];
  expect(new Set(specs.map(hashOf)).size).toBe(specs.length);
});

test('an undefined property is an absent one', () => {
  expect(hashOf({ a: 1, b: undefined })).toBe(hashOf({ a: 1 }));
});

test('the hash is SHA-256 in hexadecimal', () => {
  // The SHA-256 of the two characters {}.
  expect(hashOf({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
});

test.each([
  [{ lambda: Number.NaN }, 'lambda is NaN'],
  [{ deep: { list: [1, Number.POSITIVE_INFINITY] } }, 'deep.list[1] is Infinity'],
  [{ when: new Date(0) }, 'when is a Date'],
  [{ run: () => 1 }, 'run is a function'],
  [undefined, 'The value is undefined'],
])('refuses what JSON would change: %o', (value, message) => {
  expect(() => canonicalJson(value)).toThrow(message);
});
