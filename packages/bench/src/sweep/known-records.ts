import type { PlannedRun } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import type { DamagedRecordError, Store } from '../store/index.ts';

/** Of a run whose record was not as it was written: what was done. */
export interface DamagedRun {
  readonly run: PlannedRun;
  readonly reason: string;
}

/** To make an index anew may bring more damage to light. */
const ROUNDS = 3;

/** What a sweep starts from: the records that the store has of its runs. Damaged ones are dropped, and damaged indexes made anew. */
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
