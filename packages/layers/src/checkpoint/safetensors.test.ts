import fc from 'fast-check';
import { expect, test } from 'vitest';
import { putBack, taken } from './plain.ts';
import { decoded, encoded, type FileTensor } from './safetensors.ts';

const values = fc.float32Array({ maxLength: 7 });
const contents = fc
  .record({
    texts: fc.dictionary(fc.constantFrom('a', 'b', '0'), fc.string({ unit: 'grapheme' })),
    tensors: fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
      values,
    ),
  })
  .map(({ texts, tensors }) => ({
    texts,
    tensors: new Map(
      Object.entries(tensors).map(([name, list]) => [name, { shape: [list.length], values: list }]),
    ),
  }));

test('what is decoded is what was encoded', () => {
  fc.assert(
    fc.property(contents, ({ texts, tensors }) => {
      const back = decoded(encoded({ texts, tensors }));
      const { checksum, ...others } = back.texts;
      expect(checksum).toMatch(/^[0-9a-f]{64}$/);
      expect(others).toEqual(texts);
      expect(back.tensors).toEqual(tensors);
    }),
  );
});

test('the file is read by the words of the format', () => {
  fc.assert(
    fc.property(contents, ({ texts, tensors }) => {
      const bytes = encoded({ texts, tensors });
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
      const { __metadata__, ...entries } = JSON.parse(
        new TextDecoder().decode(bytes.subarray(8, 8 + length)),
      );
      expect(Object.values(__metadata__).every((text) => typeof text === 'string')).toBe(true);
      let end = 0;
      for (const [name, { values: expected }] of tensors) {
        const { dtype, shape, data_offsets } = entries[name];
        expect([dtype, shape, data_offsets]).toEqual([
          'F32',
          [expected.length],
          [end, end + 4 * expected.length],
        ]);
        const view = new DataView(bytes.buffer, 8 + length + end);
        expect(expected.map((_, index) => view.getFloat32(4 * index, true))).toEqual(expected);
        end = data_offsets[1];
      }
      expect(8 + length + end).toBe(bytes.length);
    }),
  );
});

test('a file that is cut off, or changed in one bit, is refused', () => {
  fc.assert(
    fc.property(contents, fc.nat(), fc.nat(7), (given, place, bit) => {
      const bytes = encoded(given);
      const changed = bytes.slice();
      changed[place % bytes.length]! ^= 1 << bit;
      expect(() => decoded(changed)).toThrow(/not those that were written|no checkpoint/);
      expect(() => decoded(bytes.subarray(0, place % bytes.length))).toThrow(
        /not those that were written|no checkpoint/,
      );
    }),
    { numRuns: 300 },
  );
  expect(() => decoded(new TextEncoder().encode('{"modelTopology":{}}'))).toThrow(
    'it is no checkpoint of this package.',
  );
});

test('plain data comes back as it was, with numbers that JSON does not know', () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.constantFrom(
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      null,
      undefined,
      true,
    ),
    fc.string(),
    values.map((list) => ({ shape: [list.length], values: list })),
  );
  const key = fc.string().filter((name) => !name.startsWith('$') && name !== '__proto__');
  const data = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('any')),
      fc.dictionary(key, tie('any'), { noNullPrototype: true }),
    ),
  })).any;
  fc.assert(
    fc.property(data, (given) => {
      const tensors = new Map<string, FileTensor>();
      const json = taken(given, tensors);
      expect(putBack(json, decoded(encoded({ texts: {}, tensors })).tensors)).toStrictEqual(given);
    }),
  );
});
