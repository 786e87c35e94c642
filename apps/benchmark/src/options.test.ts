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
  average: z.strictObject({ rho: z.number().positive().max(1).default(0.01) }).optional(),
  decay: z.number().min(0).lt(1),
  steps: z.int().positive(),
  cold: z.number().negative(),
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
    'steps: integer > 0',
    'cold: number < 0',
  ]);
  expect(describeOptions(z.strictObject({}))).toEqual([]);
});

test('what JSON Schema cannot express does not hide the rest', () => {
  const odd = z.object({ of: z.custom<() => void>(), rate: z.number().transform(String).default('0') });
  expect(describeOptions(odd)).toEqual(['of: any', expect.stringMatching(/^rate.*: number$/)]);
});

test('a schema of another library is not described', () => {
  expect(optionsSchema({ safeParse: () => ({}) } as unknown as z.ZodType)).toBeNull();
});
