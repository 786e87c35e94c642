import type { PlanePoint } from '@scalpel/core';
import { z } from 'zod';

type Starts = z.ZodDefault<z.ZodArray<z.ZodTuple<[z.ZodNumber, z.ZodNumber], null>>>;

/** Schema of the points in the plane where runs begin. Default: the published points. */
export function startsSchema(...published: readonly PlanePoint[]): Starts {
  return z
    .array(z.tuple([z.number(), z.number()]))
    .min(1)
    .default(published.map(([x, y]): [number, number] => [x, y]));
}

export function startOf(starts: readonly PlanePoint[], seed: number): PlanePoint {
  return starts[seed % starts.length]!;
}
