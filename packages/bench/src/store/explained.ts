import { setTimeout as wait } from 'node:timers/promises';
import { withoutSecrets } from './address.ts';
import { type DatabaseFailure, damaged, explanationOf } from './explanations.ts';

/** The patience with a server that is away for a moment. */
export interface Patience {
  /** The longest wait in milliseconds. */
  readonly limit: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Receives a message when a wait begins. */
  readonly onWait?: ((message: string) => void) | undefined;
}

const NONE: Patience = { limit: 0 };

/**
 * Runs work on a store. If the database fails in a way that a person can solve, the error message explains
 * it. With patience, work that fails for a moment is tried again, even if it may have been done and only its
 * answer was lost.
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

/** True for an error that `explained` has explained. */
export function isExplained(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) !== undefined;
}

/** True if a file does not hold what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) === damaged;
}

/** The error for a host with several addresses has no message of its own. */
function messageOf(error: unknown): string {
  const { message, code } = error as DatabaseFailure;
  return message || code || String(error);
}
