import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolkit } from '@scalpel/bench';
import { changedCode, type Plan, type RunRecord } from '@scalpel/bench';
import { addressProblem, hasStore, openStore, withoutSecrets } from '@scalpel/bench/sweep';
import { UsageError } from './errors.ts';
import { printError } from './output.ts';
import { root } from './programs.ts';

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
    valueHint: 'store',
    description: 'What holds the results: a SQLite file on a local disk, or postgres://user@host/database',
  },
};

/** Throws unless the text is a path or the address of a server that can hold results. */
export function checkStore(store: string): void {
  const problem = addressProblem(store);
  if (problem !== null) throw new UsageError(`--store ${problem}`);
}

/** Warns on standard error if records come from other code of the same version. */
export function warnOfChanges(records: readonly RunRecord[], toolkit: Toolkit): void {
  const changed = changedCode(records, toolkit, formerHashes());
  if (changed !== null) printError(`warning: ${changed}`);
}

/** Today's hashes for published records whose hashes were computed in an earlier way. */
function formerHashes(): Readonly<Record<string, string>> {
  const file = join(root, 'benchmarks/results/former-code-hashes.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** The records of a plan's runs that have ended. A store that does not exist is not made. */
export async function readRecords(plan: Plan, address: string): Promise<readonly RunRecord[]> {
  if (!(await hasStore(address))) return [];
  const store = await openStore(address);
  try {
    return await store.records(plan.runs.map(({ key }) => key));
  } finally {
    await store.close();
  }
}

/** The same for commands that need at least one record. Throws if there is none. */
export async function requireRecords(
  plan: Plan,
  address: string,
  suite: string,
): Promise<readonly RunRecord[]> {
  const records = await readRecords(plan, address);
  if (records.length > 0) return records;
  throw new Error(
    `No run of ${suite} on ${plan.backend.id} is in ${withoutSecrets(address)}. Make them first: scalpel run ${suite}` +
      `${plan.backend.id === 'wasm' ? '' : ` --backend ${plan.backend.id}`}.`,
  );
}
