import type { Json } from './canonical.ts';

/**
 * Everything that decides the outcome of a run. Its hash is the key of the run, so that finished runs are not
 * repeated.
 */
export interface RunSpec {
  /**
   * The options have passed the schema, and defaults are filled in, except for the later defaults of a
   * combiner.
   */
  readonly task: { readonly id: string; readonly version: number; readonly options: Json };
  readonly combiner: { readonly id: string; readonly version: number; readonly options: Json };
  readonly backend: { readonly id: string; readonly version: number };
  readonly seed: number;
  /** The factor on the task's learning rate; absent where it is 1. */
  readonly rate?: number;
}
