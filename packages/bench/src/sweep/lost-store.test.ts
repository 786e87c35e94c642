import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import type { PlannedRun } from '../plan/planned.ts';
import { fromJsonLines, type RunRecord } from '../records/record.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import type { Store } from '../store/contract.ts';
import { LostStoreError } from '../store/errors.ts';
import { openStore } from '../store/open.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { recordOf } from '../testing/records.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { sweep } from './sweep.ts';

const toolkit = createToolkit(plugin);
const runsOf = (from: number, count: number, options = {}) => {
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  return planSuite(toySuite({ seeds, options }), toolkit, { backend: 'cpu' }).runs;
};

async function open(file: string, lease?: number): Promise<Store> {
  const store = await openStore(file, { lease });
  onTestFinished(() => store.close());
  return store;
}

async function fill(store: Store, runs: readonly PlannedRun[]): Promise<readonly RunRecord[]> {
  // Long enough that SQLite does not keep all pages in memory.
  const records = runs.map((run) =>
    recordOf(run, { state: 'diverged', step: 1, reason: `${run.spec.seed}/`.repeat(30_000) }),
  );
  for (const record of records) {
    await store.claim(record);
    await store.finish(record);
  }
  return records;
}

type Harm = (file: string, other: string) => void;

/** Cases in which the system keeps the opened file with all its content. */
const elsewhere: readonly (readonly [string, Harm, RegExp])[] = [
  ['deleted', (file) => rmSync(file), /the file was deleted or renamed/],
  ['renamed', (file) => renameSync(file, `${file}.old`), /the file was deleted or renamed/],
  ['replaced', (file, other) => renameSync(other, file), /another file was put in its place/],
  [
    'deleted with its folder',
    (file) => rmSync(dirname(file), { recursive: true }),
    /the file was deleted or renamed/,
  ],
];

/** Cases in which the file itself is damaged. */
const inPlace: readonly (readonly [string, Harm, RegExp])[] = [
  ['emptied', (file) => truncateSync(file), /the file was overwritten: it is empty/],
  ['cut off', (file) => truncateSync(file, 8192), /the file was cut off: it has 8192 bytes, and had \d+/],
  [
    'overwritten with text',
    (file) => writeFileSync(file, 'text\n'.repeat(90_000)),
    /the file was overwritten: it is not a SQLite database/,
  ],
  ['overwritten with another store', (file, other) => copyFileSync(other, file), /./],
];

const before = runsOf(0, 15);
let [template, another] = ['', ''];
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scalpel-'));
  [template, another] = [join(folder, 'template.sqlite'), join(folder, 'another.sqlite')];
  for (const [file, runs] of [
    [template, before],
    [another, runsOf(1_000, 15)],
  ] as const) {
    const store = await openStore(file);
    await fill(store, runs);
    await store.close();
  }
});
afterAll(() => rmSync(dirname(template), { recursive: true }));

/**
 * A store of many pages into which a process writes a few more records, and another store of the same size.
 */
async function inUse() {
  const folder = join(temporaryFolder(), 'results');
  const file = join(folder, 'results.sqlite');
  const other = join(temporaryFolder(), 'other.sqlite');
  mkdirSync(folder);
  copyFileSync(template, file);
  copyFileSync(another, other);
  const store = await open(file);
  const known = await store.records(before.map(({ key }) => key));
  const records = [...known, ...(await fill(store, runsOf(500, 1)))];
  await store.check();
  return { folder, file, other, store, records };
}

/** The message of the check of a lost store. */
async function lossOf(store: Store, problem: RegExp): Promise<Error> {
  const failure: Error = await store.check().then(
    () => expect.fail('Nothing was said'),
    (error) => error,
  );
  expect(failure).toBeInstanceOf(LostStoreError);
  expect(failure.message).toMatch(problem);
  return failure;
}

const keptIn = (folder: string) => readdirSync(folder).filter((name) => name.includes('.rescued-'));

test.each(elsewhere)(
  'a store that was %s is noticed, and all of it is kept in a file beside',
  async (_, harm, problem) => {
    const { folder, file, other, store, records } = await inUse();
    harm(file, other);
    const failure = await lossOf(store, problem);
    const [kept, ...more] = keptIn(folder).filter((name) => name.endsWith('.sqlite'));
    expect(more).toEqual([]);
    expect(failure.message).toContain(
      `is in ${join(folder, kept!)}, with all ${records.length} records that this process knew. The same command goes on from there with --store`,
    );
    // The next call gets the same error, and no second file is made.
    await expect(store.claim(runsOf(600, 1)[0]!)).rejects.toBe(failure);
    const again = await open(join(folder, kept!));
    expect(await again.records(records.map(({ key }) => key))).toEqual(records);
  },
);

test.each(inPlace)(
  'a store that was %s is noticed, and what the process knew is kept in a file beside',
  async (_, harm, problem) => {
    const { folder, file, other, store, records } = await inUse();
    harm(file, other);
    const failure = await lossOf(store, problem);
    const kept = keptIn(folder);
    expect(kept).toEqual([expect.stringMatching(/\.jsonl$/)]);
    expect(failure.message).toContain(
      `The ${records.length} records that this process knew are in ${join(folder, kept[0]!)}`,
    );
    expect(fromJsonLines(readFileSync(join(folder, kept[0]!), 'utf8'), basename(file))).toEqual(records);
  },
);

test.each(['in the middle', 'when the last run has ended'])(
  'a store that is deleted %s ends the sweep, which goes on from what was kept',
  async (when) => {
    const folder = temporaryFolder();
    const file = join(folder, 'results.sqlite');
    const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
    const runs = runsOf(0, 2, { pause: 10 });
    let ended = 0;
    const onEvent = ({ kind }: { readonly kind: string }) => {
      if (kind === 'ended' && ++ended === (when === 'in the middle' ? 2 : runs.length)) rmSync(file);
    };
    const failure = sweep({ runs, store: await open(file, 600), worker, workers: 1, onEvent });
    await expect(failure).rejects.toThrow(
      /were lost: the file was deleted or renamed\. What could be kept is in /,
    );
    const kept = await open(join(folder, keptIn(folder)[0]!));
    const { finished, left } = await sweep({ runs, store: kept, worker, workers: 1 });
    expect(finished).toBeLessThanOrEqual(runs.length - ended);
    expect(left).toBe(0);
  },
);
