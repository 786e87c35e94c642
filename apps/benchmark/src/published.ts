import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Toolkit } from '@scalpel/bench';
import { fromJsonLines, type Plan, planSuite, type RunRecord, settlePlan } from '@scalpel/bench';
import { requireRecords } from './store.ts';
import { loadSuite } from './suites.ts';

/** The flag of commands that show results. */
export const recordsFlag: {
  readonly records: { readonly type: 'string'; readonly valueHint: string; readonly description: string };
} = {
  records: {
    type: 'string',
    valueHint: 'file',
    description: 'Published records (JSON Lines) to take instead of the store',
  },
};

/** All records of a suite, with the plan of its runs. */
export interface Results {
  readonly plan: Plan;
  readonly records: readonly RunRecord[];
}

/**
 * The records of a plan. If it has trials that have all ended, the plan is returned with the runs of the
 * settings that they have chosen, and their records as well.
 */
export async function resultsOf(
  plan: Plan,
  read: (plan: Plan) => readonly RunRecord[] | Promise<readonly RunRecord[]>,
): Promise<Results> {
  const records = await read(plan);
  const settled = settlePlan(plan, records);
  return { plan: settled, records: settled === plan ? records : await read(settled) };
}

/**
 * The results that a command shows, from the store or from a file of published records. Throws if there are
 * none.
 */
export function shownResults(
  plan: Plan,
  {
    store,
    suite,
    records: file,
  }: { readonly store: string; readonly suite: string; readonly records?: string | undefined },
): Promise<Results> {
  return resultsOf(plan, (whole) =>
    file === undefined ? requireRecords(whole, store, suite) : readPublished(whole, file),
  );
}

/** The published records of the plan, in its order. */
function readPublished(plan: Plan, file: string): readonly RunRecord[] {
  const records = recordsIn(file);
  const known = new Map(records.map((record) => [record.key, record]));
  const found = plan.runs.flatMap(({ key }) => known.get(key) ?? []);
  if (found.length > 0) return found;
  const { id } = plan.suite;
  throw new Error(
    `None of the ${records.length} records in ${file} is a run of suite ${id} on ${plan.backend.id}, as its tasks and combiners are now. Make them again: scalpel run ${id}.`,
  );
}

/** All records in a file that was exported. */
export function recordsIn(file: string): readonly RunRecord[] {
  if (!existsSync(file)) throw new Error(`There is no file ${file}. Give one that scalpel export wrote.`);
  return fromJsonLines(readFileSync(file, 'utf8'), file);
}

/** The file with the records of an unfinished suite, in a folder of results. */
export function partialFile(folder: string, id: string): string {
  return join(folder, 'partial', `${id}.jsonl`);
}

/** The ids of the suites whose records are in a folder. */
export function publishedIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => basename(file, '.jsonl'))
    .sort();
}

/** The records of a published suite, on the backend of its runs. */
export async function readResults(folder: string, id: string, toolkit: Toolkit): Promise<Results> {
  const records = fromJsonLines(readFileSync(join(folder, `${id}.jsonl`), 'utf8'), `${id}.jsonl`);
  const backend = records[0]!.spec.backend.id;
  const plan = planSuite(await loadSuite(id), toolkit, { backend });
  return { plan: settlePlan(plan, records), records };
}
