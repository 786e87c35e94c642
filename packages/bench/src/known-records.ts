import type { PlannedRun } from './plan.ts';
import type { RunRecord } from './record.ts';
import type { Store } from './store.ts';
import type { DamagedRecordError } from './store-errors.ts';

/** Of a run whose record was not as it was written, and is there no more: the run is to be made again. */
export interface DroppedRecord {
  readonly run: PlannedRun;
  readonly reason: string;
}

/** What a sweep starts from: the records that the store has of its runs. Damaged ones are dropped. */
export async function knownRecords(
  store: Store,
  runs: readonly PlannedRun[],
): Promise<{ readonly records: readonly RunRecord[]; readonly dropped: readonly DroppedRecord[] }> {
  const damages: DamagedRecordError[] = [];
  const records = await store.records(
    runs.map(({ key }) => key),
    (damage) => damages.push(damage),
  );
  for (const { key } of damages) await store.dropDamaged(key);
  const reasons = new Map(damages.map(({ key, reason }) => [key, reason]));
  const dropped = runs.flatMap((run) => {
    const reason = reasons.get(run.key);
    return reason === undefined
      ? []
      : [{ run, reason: `its record was damaged, so it is made again: ${reason}` }];
  });
  return { records, dropped };
}
