import type { RunSpec } from '../plan/index.ts';
import type { Codes, Environment } from '../records/index.ts';
import type { RunResult, Safekeeping } from '../run/index.ts';

/** Messages to a worker: one run at a time, and the news that its checkpoint is safe. */
export type ToWorker =
  | ({ readonly kind: 'run'; readonly spec: RunSpec } & Omit<Safekeeping, 'save'>)
  | { readonly kind: 'saved' };

/** Messages from a worker. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly environment: Environment; readonly codes: Codes }
  | { readonly kind: 'progress'; readonly step: number; readonly steps: number }
  | { readonly kind: 'checkpoint'; readonly checkpoint: Uint8Array }
  | ({ readonly kind: 'ended' } & RunResult);

const kinds: readonly unknown[] = ['ready', 'progress', 'checkpoint', 'ended'] satisfies FromWorker['kind'][];

/** True for messages of this kind. A task, or a library that it imports, may send other messages. */
export function isFromWorker(message: unknown): message is FromWorker {
  return kinds.includes((message as { readonly kind?: unknown } | null | undefined)?.kind);
}
