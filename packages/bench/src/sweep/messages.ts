import type { RunSpec } from '../plan/index.ts';
import type { Codes, Environment } from '../records/index.ts';
import type { RunResult, Safekeeping } from '../run/index.ts';

/** What a worker is told: one run at a time, and when its checkpoint is safe. */
export type ToWorker =
  | ({ readonly kind: 'run'; readonly spec: RunSpec } & Omit<Safekeeping, 'save'>)
  | { readonly kind: 'saved' };

/** What a worker says. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly environment: Environment; readonly codes: Codes }
  | { readonly kind: 'progress'; readonly step: number; readonly steps: number }
  | { readonly kind: 'checkpoint'; readonly checkpoint: Uint8Array }
  | ({ readonly kind: 'ended' } & RunResult);

const kinds: readonly unknown[] = ['ready', 'progress', 'checkpoint', 'ended'] satisfies FromWorker['kind'][];

/** Whether a message is one of ours: a task, or what it imports, may send its own. */
export function isFromWorker(message: unknown): message is FromWorker {
  return kinds.includes((message as { readonly kind?: unknown } | null | undefined)?.kind);
}
