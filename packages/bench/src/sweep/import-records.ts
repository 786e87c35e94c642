import type { PlannedRun } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import type { Store } from '../store/index.ts';

/**
 * Copies records into a store: those of these runs that have finished or diverged, and that the store lacks.
 * Returns their number. Runs that failed are left out, for a sweep tries them again.
 */
export async function importRecords(
  store: Store,
  runs: readonly PlannedRun[],
  records: readonly RunRecord[],
): Promise<number> {
  const given = new Map(records.map((record) => [record.key, record]));
  const known = await store.records(
    runs.map(({ key }) => key),
    () => {},
  );
  const ended = new Set(known.filter(({ outcome }) => outcome.state !== 'failed').map(({ key }) => key));
  let count = 0;
  for (const { key } of runs) {
    const record = given.get(key);
    if (record === undefined || record.outcome.state === 'failed' || ended.has(key)) continue;
    // Another process may hold the run, or have ended it meanwhile.
    const claim = await store.claim(record);
    if (claim !== 'yours' && claim !== 'deadly') continue;
    await store.finish(record);
    count++;
  }
  return count;
}
