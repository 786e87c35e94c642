import type * as v from 'valibot';

/** Schema of an option that is a number and has a default. */
export type NumberOption = v.OptionalSchema<v.GenericSchema<number>, number>;

/** Schema of an option that is a number or absent. */
export type OptionalNumber = v.OptionalSchema<v.GenericSchema<number>, undefined>;
