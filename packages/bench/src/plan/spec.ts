import type { Json } from './canonical.ts';

/** All that decides the outcome of a run. Its hash is the run's key: finished runs are not repeated. */
export interface RunSpec {
  /** Options are those that passed the schema, with defaults filled in. */
  readonly task: { readonly id: string; readonly version: number; readonly options: Json };
  readonly combiner: { readonly id: string; readonly version: number; readonly options: Json };
  readonly backend: { readonly id: string; readonly version: number };
  readonly seed: number;
  /** Multiplies the task's learning rate; absent where it is 1. */
  readonly rate?: number;
}
