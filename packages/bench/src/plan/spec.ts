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
  /**
   * Early stopping: the run ends after this many evaluations in a row without a lower main loss on validation
   * data, and goes back to the best of them. Absent: the run has its full length.
   */
  readonly patience?: number;
  /** The number of points of the learning curve after its start; absent without a curve. */
  readonly curve?: number;
  /** The hash of what the suite says that it expects. So that cannot change after the run. */
  readonly expected?: string;
}
