import * as v from 'valibot';
import { described } from './described.ts';
import { suggestion } from './nearest.ts';

/** Schema of an option that is a finite number. `v.number()` of Valibot takes infinite ones too. */
export const finiteNumber: v.GenericSchema<number> = v.pipe(v.number(), v.finite());

/** Schema of an option that is a whole number, at least `from` if that is given. */
export function wholeNumber(from: number = Number.MIN_SAFE_INTEGER): v.GenericSchema<number> {
  const kind = from === Number.MIN_SAFE_INTEGER ? 'a whole number' : `a whole number from ${from}`;
  const message = ({ input }: v.BaseIssue<unknown>) =>
    input === undefined ? `it is missing: give ${kind}` : `it is ${described(input)}, but must be ${kind}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(from, message));
}

/** Schema of an option that must be one of these values. */
export function oneOf<Value extends string>(values: readonly Value[]): v.GenericSchema<Value> {
  return v.picklist(values, ({ input }) => `it is ${described(input)}. ${suggestion(String(input), values)}`);
}
