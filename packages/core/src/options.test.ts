import * as v from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { finiteNumber, oneOf, wholeNumber } from './option-schemas.ts';
import { checkOptions, type OptionsSchema } from './options.ts';

const numbers = v.array(finiteNumber);

test.each<readonly [schema: v.GenericSchema, wrong: unknown, problem: string]>([
  [numbers, undefined, 'it is missing: give a list'],
  [numbers, 3, 'it is 3, but must be a list'],
  [numbers, {}, 'it is an object, but must be a list'],
  [v.pipe(numbers, v.nonEmpty()), [], 'it has 0 entries, but must have at least 1'],
  [v.pipe(numbers, v.minLength(2)), [1], 'it has 1 entries, but must have at least 2'],
  [v.pipe(numbers, v.maxLength(1)), [1, 2], 'it has 2 entries, but must have at most 1'],
  [v.pipe(numbers, v.length(1)), [1, 2], 'it has 2 entries, but must have 1'],
  [v.pipe(v.string(), v.minLength(2)), 'a', 'it has 1 entries, but must have at least 2'],
  [finiteNumber, undefined, 'it is missing: give a finite number'],
  [finiteNumber, Number.NaN, 'it is NaN, but must be a finite number'],
  [finiteNumber, Number.POSITIVE_INFINITY, 'it is Infinity, but must be a finite number'],
  [finiteNumber, null, 'it is null, but must be a finite number'],
  [v.pipe(finiteNumber, v.gtValue(0)), 0, 'it is 0, but must be > 0'],
  [v.pipe(finiteNumber, v.ltValue(1)), 1, 'it is 1, but must be < 1'],
  [v.pipe(finiteNumber, v.minValue(0)), -1, 'it is -1, but must be >= 0'],
  [
    v.pipe(finiteNumber, v.maxValue(1)),
    Number.POSITIVE_INFINITY,
    'it is Infinity, but must be a finite number',
  ],
  [v.pipe(v.number(), v.integer()), 0.5, 'it is 0.5, but must be a whole number'],
  [v.pipe(v.number(), v.safeInteger()), 2 ** 53, 'it is 9007199254740992, but must be a whole number'],
  [wholeNumber(), 0.5, 'it is 0.5, but must be a whole number'],
  [wholeNumber(), undefined, 'it is missing: give a whole number'],
  [wholeNumber(1), 0, 'it is 0, but must be a whole number from 1'],
  [wholeNumber(1), Number.POSITIVE_INFINITY, 'it is Infinity, but must be a whole number from 1'],
  [v.boolean(), 'yes', 'it is "yes", but must be true or false'],
  [v.string(), 7, 'it is 7, but must be a text'],
  [v.record(v.string(), v.unknown()), 7, 'it is 7, but must be an object'],
  [v.strictTuple([finiteNumber]), 7, 'it is 7, but must be a list'],
  [v.picklist(['a', 'b']), 'c', 'it is "c", but must be one of "a", "b"'],
  [v.literal('a'), 'c', 'it is "c", but must be "a"'],
  [v.union([v.number(), v.string()]), null, 'it is null, but must be a finite number or a text'],
  [v.union([v.number(), v.string()], 'Give an age'), null, 'Give an age'],
  [v.pipe(v.string(), v.regex(/^a$/)), 'c', 'it is "c", but must be /^a$/'],
  [
    v.pipe(
      finiteNumber,
      v.check((x) => x % 2 === 0, 'Give an even number'),
    ),
    3,
    'Give an even number',
  ],
  [oneOf(['kept', 'streamed']), 'stream', 'it is "stream". Did you mean "streamed"?'],
  [oneOf(['a', 'b']), 7, 'it is 7. Known: a, b.'],
])('what is wrong with an option is said plainly: %#', (schema, wrong, problem) => {
  const error = new Error(`owner: option option: ${problem}`);
  expect(() => checkOptions('owner', v.strictObject({ option: schema }), { option: wrong })).toThrow(error);
  if (wrong !== undefined) return;
  expect(() => checkOptions('owner', v.strictObject({ option: schema }), {})).toThrow(error);
});

const schema = v.strictObject({
  lambda: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  rho: v.optional(finiteNumber, 0.5),
});

test('options that are left out have their defaults', () => {
  expect(checkOptions('bloop', schema, undefined)).toEqual({ lambda: 1, rho: 0.5 });
  expect(checkOptions('bloop', schema, { lambda: undefined, rho: 2 })).toEqual({ lambda: 1, rho: 2 });
});

test('wrong options are refused, each by its name', () => {
  expect(() => checkOptions('bloop', schema, { lambda: -1, rho: 'x' })).toThrow(
    'bloop: option lambda: it is -1, but must be >= 0\nbloop: option rho: it is "x", but must be a finite number',
  );
  expect(() => checkOptions('bloop', schema, { lamda: 1, x: 2 })).toThrow(
    'bloop: there is no option "lamda". Did you mean "lambda"? Also, there is no option "x". Known: lambda, rho.',
  );
});

const nested = v.strictObject({
  average: v.optional(schema),
  each: v.optional(v.array(v.optional(schema))),
  byName: v.optional(v.record(v.string(), schema)),
});

test.each([
  [{ average: { roh: 1 } }, 'average'],
  [{ each: [{}, { roh: 1 }] }, 'each.1'],
  [{ byName: { a: { roh: 1 } } }, 'byName.a'],
])('an unknown option is named with the object that it is in: %o', (options, path) => {
  const error = new Error(`pcgrad: option ${path}: there is no option "roh". Did you mean "rho"?`);
  expect(() => checkOptions('pcgrad', nested, options)).toThrow(error);
});

test.each([
  [[], 'bloop: it is a list'],
  [[1], 'bloop: it is a list'],
  [{ average: [] }, 'bloop: option average: it is a list'],
  [0, 'bloop: it is 0'],
])('%o is not an object of options', (options, start) => {
  expect(() => checkOptions('bloop', nested, options)).toThrow(
    new Error(`${start}, but must be an object of options`),
  );
});

const anyLibrary: OptionsSchema = {
  '~standard': {
    version: 1,
    vendor: 'nobody',
    validate: (value) =>
      (value as { rate: unknown }).rate === 1
        ? { value: { rate: 1 } }
        : { issues: [{ message: 'Give 1', path: [{ key: 'rate' }] }, { message: 'Or nothing' }] },
  },
};

test('a schema of any library has its own messages', () => {
  expect(checkOptions('own', anyLibrary, { rate: 1 })).toEqual({ rate: 1 });
  expect(() => checkOptions('own', anyLibrary, { rate: 2 })).toThrow(
    new Error('own: option rate: Give 1\nown: Or nothing'),
  );
});

test.each([
  ['zod', z.strictObject({ rate: z.array(z.number()), steps: z.int().default(3) })],
  ['zod/mini', mini.strictObject({ rate: mini.array(mini.number()), steps: mini._default(mini.int(), 3) })],
])('a schema of %s', (_, of) => {
  const options: { readonly rate: number[]; readonly steps: number } = checkOptions('own', of, { rate: [2] });
  expect(options).toEqual({ rate: [2], steps: 3 });
  expect(() => checkOptions('own', of, { rate: [2, 'x'] })).toThrow(/^own: option rate\.1: .*number/);
  expect(() => checkOptions('own', of, { rate: [], rat: 1 })).toThrow(/^own: .*"rat"/);
});

test('a schema with asynchronous checks is refused', () => {
  const slow = z.object({}).refine(async () => true);
  expect(() => checkOptions('own', slow, {})).toThrow(
    'own: the schema of its options answers with a promise',
  );
  const promised = { '~standard': { ...anyLibrary['~standard'], validate: async () => ({ value: 1 }) } };
  expect(() => checkOptions('own', promised, {})).toThrow('answers with a promise');
});
