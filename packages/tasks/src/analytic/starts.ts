import { finiteNumber, type PlanePoint } from '@scalpel/core';
import * as v from 'valibot';

type Points = v.GenericSchema<[number, number][]>;

/** Schema of the points in the plane where runs begin. Default: the published points. */
export function startsSchema(
  ...published: readonly PlanePoint[]
): v.OptionalSchema<Points, [number, number][]> {
  const points = v.pipe(v.array(v.strictTuple([finiteNumber, finiteNumber])), v.minLength(1));
  return v.optional(
    points,
    published.map(([x, y]): [number, number] => [x, y]),
  );
}

export function startOf(starts: readonly PlanePoint[], seed: number): PlanePoint {
  return starts[seed % starts.length]!;
}
