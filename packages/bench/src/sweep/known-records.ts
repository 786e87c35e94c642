import type { PlannedRun } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import type { DamagedRecordError, Store } from '../store/index.ts';

/** A run with a damaged record, and the repair. */
export interface DamagedRun {
  readonly run: PlannedRun;
  readonly reason: string;
}

/** The number of attempts: a rebuilt index may reveal more damage. */
const ROUNDS = 3;

/**
 * The records that the store already has of a sweep's runs. Damaged records are deleted, and damaged indexes
 * are rebuilt.
 */
export async function knownRecords(
  store: Store,
  runs: readonly PlannedRun[],
): Promise<{ readonly records: readonly RunRecord[]; readonly damaged: readonly DamagedRun[] }> {
  const keys = runs.map(({ key }) => key);
  const reasons = new Map<string, string>();
  for (let round = 1; ; round++) {
    const damages: DamagedRecordError[] = [];
    const records = await store.records(keys, (damage) => damages.push(damage));
    if (damages.length === 0 || round === ROUNDS) {
      const damaged = runs.flatMap((run) => {
        const reason = reasons.get(run.key);
        return reason === undefined ? [] : [{ run, reason }];
      });
      return { records, damaged };
    }
    for (const { key, reason } of damages) {
      const what = (await store.dropDamaged(key))
        ? 'its record was damaged, so it is made again'
        : 'what the store has of it was mended, and counts';
      reasons.set(key, `${what}: ${reason}`);
    }
  }
}
