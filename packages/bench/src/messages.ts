import type { Environment } from './record.ts';
import type { RunResult } from './run.ts';
import type { RunSpec } from './spec.ts';

/** What a worker is told: one run at a time. */
export interface ToWorker {
  readonly spec: RunSpec;
}

/** What a worker says. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly environment: Environment }
  | { readonly kind: 'progress'; readonly step: number; readonly steps: number }
  | ({ readonly kind: 'ended' } & RunResult);
