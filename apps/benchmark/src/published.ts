import { existsSync, readFileSync } from 'node:fs';
import { fromJsonLines, type Plan, type RunRecord } from '@scalpel/bench';
import { requireRecords } from './store.ts';

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

/** What a command has to show: from the store, or from a file of published records. Throws where there is nothing. */
export async function shownRecords(
  plan: Plan,
  {
    store,
    suite,
    records: file,
  }: { readonly store: string; readonly suite: string; readonly records?: string | undefined },
): Promise<readonly RunRecord[]> {
  return file === undefined ? requireRecords(plan, store, suite) : readPublished(plan, file);
}

/** Those of the plan, in its order. */
function readPublished(plan: Plan, file: string): readonly RunRecord[] {
  if (!existsSync(file)) throw new Error(`There is no file ${file}. Give one that scalpel export wrote.`);
  const records = fromJsonLines(readFileSync(file, 'utf8'), file);
  const known = new Map(records.map((record) => [record.key, record]));
  const found = plan.runs.flatMap(({ key }) => known.get(key) ?? []);
  if (found.length > 0) return found;
  const { id } = plan.suite;
  throw new Error(
    `None of the ${records.length} records in ${file} is a run of suite ${id} on ${plan.backend.id}, as its tasks and combiners are now. Make them again: scalpel run ${id}.`,
  );
}
