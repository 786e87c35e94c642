import { setTimeout as wait } from 'node:timers/promises';
import { withoutSecrets } from './address.ts';
import { type DatabaseFailure, damaged, explanationOf } from './explanations.ts';

/** How long to wait for a server that is away for a moment. */
export interface Patience {
  /** Milliseconds. */
  readonly limit: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Told when a wait begins. */
  readonly onWait?: ((message: string) => void) | undefined;
}

const NONE: Patience = { limit: 0 };

/**
 * Does something with a store; where the database fails in a way that a person can mend, the message says how. With patience, what fails in passing is tried again,
 * though it may have been done and only the answer was lost.
 */
export async function explained<Value>(
  address: string,
  work: () => Promise<Value>,
  { limit, signal, onWait = () => {} }: Patience = NONE,
): Promise<Value> {
  const where = withoutSecrets(address);
  const start = performance.now();
  for (let pause = 0; ; pause = Math.min(2 * pause || 100, 5_000)) {
    try {
      return await work();
    } catch (error) {
      const explanation = explanationOf(error as DatabaseFailure);
      if (explanation === undefined) throw error;
      const { problem, next, passes } = explanation;
      const what = `The results in ${where} ${problem} (${messageOf(error)})`;
      const waited = performance.now() - start;
      if (!passes || waited >= limit || signal?.aborted) {
        const long = pause === 0 ? '' : `, tried again for ${Math.round(waited / 1000)} s`;
        throw new Error(`${what}${long}. ${next}`, { cause: error });
      }
      if (pause === 0) onWait(`${what}. This is tried again for up to ${limit / 1000} s.`);
      await wait(pause || 100, undefined, { signal }).catch(() => {});
    }
  }
}

/** Whether it is one of those that a person can mend. */
export function isExplained(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) !== undefined;
}

/** Whether a file is not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) === damaged;
}

/** Errors of several addresses of one host have no message of their own. */
function messageOf(error: unknown): string {
  const { message, code } = error as DatabaseFailure;
  return message || code || String(error);
}
