import { existsSync } from 'node:fs';
import { openStore, type Plan, type RunRecord } from '@scalpel/bench';
import { UsageError } from './errors.ts';

/** The flag of every command that reads or writes results. */
export const storeFlag: {
  readonly store: {
    readonly type: 'string';
    readonly default: string;
    readonly valueHint: string;
    readonly description: string;
  };
} = {
  store: {
    type: 'string',
    default: '.scalpel/results.sqlite',
    valueHint: 'file',
    description: 'The SQLite file that holds the results',
  },
};

/** Refuses the address of a server, which would be taken for a folder. */
export function checkStore(store: string): void {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(store)) return;
  throw new UsageError(`--store is "${store}". Give the path of a file: results are kept in SQLite.`);
}

/** What has ended of a plan. Does not make a store that is not there. */
export async function readRecords(plan: Plan, file: string): Promise<readonly RunRecord[]> {
  if (!existsSync(file)) return [];
  const store = await openStore(file);
  try {
    return await store.records(plan.runs.map(({ key }) => key));
  } finally {
    await store.close();
  }
}

/** The same, for commands that have nothing to show without any. */
export async function requireRecords(plan: Plan, file: string, suite: string): Promise<readonly RunRecord[]> {
  const records = await readRecords(plan, file);
  if (records.length > 0) return records;
  throw new Error(
    `No run of ${suite} on ${plan.backend.id} is in ${file}. Make them first: scalpel run ${suite}` +
      `${plan.backend.id === 'wasm' ? '' : ` --backend ${plan.backend.id}`}.`,
  );
}
