import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeOptions, optionsSchema } from './options.ts';

const schema = z.strictObject({
  lambda: z.union([z.number(), z.array(z.number())]).default(1),
  update: z.enum(['after', 'before']).default('after'),
  rescale: z.literal([0, 1, 2]).default(0),
  maxNorm: z.number().nullable().default(null),
  fast: z.boolean().optional(),
  order: z.union([z.literal('random'), z.array(z.array(z.int()))]).optional(),
});

test('options are described from their schema, each on its line', () => {
  expect(describeOptions(schema).split('\n')).toEqual([
    'lambda = 1: number | list of number',
    'update = "after": "after" | "before"',
    'rescale = 0: 0 | 1 | 2',
    'maxNorm = null: number | null',
    'fast: boolean',
    'order: "random" | list of list of integer',
  ]);
  expect(describeOptions(z.strictObject({}))).toBe('');
});

test('what JSON Schema cannot express does not hide the rest', () => {
  const odd = z.object({ of: z.custom<() => void>(), rate: z.number().transform(String).default('0') });
  expect(describeOptions(odd)).toMatch(/^of: any\nrate.*: number$/);
});

test('a schema of another library is not described', () => {
  expect(optionsSchema({ safeParse: () => ({}) } as unknown as z.ZodType)).toBeNull();
});
