import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedRun } from '../plan/index.ts';
import { LostStoreError, type Store } from '../store/index.ts';
import { type Made, makeRuns } from './make-runs.ts';
import type { PoolOptions, Tally } from './pool-options.ts';

/**
 * Makes runs side by side in worker processes, until there are no more or the signal is aborted. Throws if a
 * worker cannot start or the store fails. If a worker dies, its run is tried once more and then recorded as
 * failed. A run that another process has taken over is left to it.
 */
export async function runPool<Run extends PlannedRun>(options: PoolOptions<Run>): Promise<Tally> {
  const { store, workers } = options;
  const trouble = new AbortController();
  const signal = AbortSignal.any([trouble.signal, ...(options.signal ? [options.signal] : [])]);
  const over = new AbortController();
  void keepClaims(options, over.signal, (error) => trouble.abort(error));
  const made: Made = { tally: { finished: 0, diverged: 0, failed: 0 }, warnings: new Set() };
  await Promise.all(
    Array.from({ length: workers }, () =>
      makeRuns(options, signal, made).catch((error) => {
        // A worker that was ended on purpose has not failed.
        if (!signal.aborted) trouble.abort(error);
      }),
    ),
  );
  over.abort();
  if (trouble.signal.aborted) throw trouble.signal.reason;
  // A process without workers has written nothing that could be lost.
  if (workers > 0) await checkAtEnd(store, signal);
  return made.tally;
}

/** Renews the claims of this process, and checks that the store still exists. */
async function keepClaims(
  { store, renew }: Pick<PoolOptions<PlannedRun>, 'store' | 'renew'>,
  over: AbortSignal,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  for (let failures = 0; ; ) {
    await wait(store.renewal, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    try {
      await Promise.all([store.renew(), renew?.()]);
      await store.check();
      failures = 0;
    } catch (error) {
      failures++;
      if (failures > RENEWALS_TO_SPARE || error instanceof LostStoreError) onTrouble(error);
    }
  }
}

/**
 * Checks the store at the end. After the signal it does not wait for an unreachable store, but still reports
 * a lost one.
 */
async function checkAtEnd(store: Store, signal: AbortSignal): Promise<void> {
  try {
    await store.check();
  } catch (error) {
    if (!signal.aborted || error instanceof LostStoreError) throw error;
  }
}

/** The number of renewals in a row that may fail before a claim is lost. */
const RENEWALS_TO_SPARE = 2;
