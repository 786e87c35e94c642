import { finiteNumber, type OptionsSchema, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeOptions, optionsSchema } from './options.ts';

const schema = v.strictObject({
  lambda: v.optional(v.union([finiteNumber, v.array(finiteNumber)]), 1),
  update: v.optional(v.picklist(['after', 'before']), 'after'),
  rescale: v.optional(v.picklist([0, 1, 2]), 0),
  maxNorm: v.optional(v.nullable(finiteNumber), null),
  fast: v.optional(v.boolean()),
  order: v.optional(v.union([v.literal('random'), v.array(v.array(wholeNumber()))])),
  average: v.optional(
    v.strictObject({ rho: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(1)), 0.01) }),
  ),
  decay: v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)),
  steps: wholeNumber(1),
  cold: v.pipe(finiteNumber, v.ltValue(0)),
});

test('options are described from their schema, each on its line', () => {
  expect(describeOptions(schema)).toEqual([
    'lambda = 1: number | list of number',
    'update = "after": "after" | "before"',
    'rescale = 0: 0 | 1 | 2',
    'maxNorm = null: number | null',
    'fast: boolean',
    'order: "random" | list of list of integer',
    'average: { rho = 0.01: number in (0, 1] }',
    'decay: number in [0, 1)',
    'steps: integer >= 1',
    'cold: number < 0',
  ]);
  expect(describeOptions(v.strictObject({}))).toEqual([]);
});

test('what JSON Schema cannot express does not hide the rest', () => {
  const odd = v.object({
    of: v.custom<() => void>(() => true),
    rate: v.optional(v.pipe(v.number(), v.transform(String)), 0),
  });
  expect(describeOptions(odd)).toEqual(['of: any', 'rate = 0: number']);
});

test('a schema of another library is described if the library can', () => {
  const ofZod = z.strictObject({ of: z.custom<() => void>(), rate: z.number().positive().default(1) });
  expect(describeOptions(ofZod)).toEqual(['of: any', 'rate = 1: number > 0']);
  const silent = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } };
  expect(optionsSchema(silent as OptionsSchema)).toBeNull();
  expect(describeOptions(silent as OptionsSchema)).toEqual([]);
});
