import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import type { Store } from '../store/contract.ts';
import type { DamagedRecordError } from '../store/errors.ts';
import { openStore } from '../store/open.ts';
import { databases } from '../testing/databases.ts';
import { damageIndex, flipBits } from '../testing/flip.ts';
import { environment, recordOf, threeRecords } from '../testing/records.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { knownRecords } from './known-records.ts';
import { type SweepEvent, sweep } from './sweep.ts';

const { runs } = planSuite(toySuite(), createToolkit(plugin), { backend: 'cpu' });
const keys = runs.map(({ key }) => key);
const records = threeRecords;
const [finished, diverged, failed] = keys as [string, string, string];

async function open(address: string): Promise<Store> {
  const store = await openStore(address);
  onTestFinished(() => store.close());
  return store;
}

async function filled(address: string): Promise<Store> {
  const store = await open(address);
  for (const record of records) {
    await store.claim(record);
    await store.finish(record);
  }
  return store;
}

const whereRun = (key: string) => `where key = '${key}'`;

const changes = [
  ['a spec that was cut off', `update run set spec = substr(spec, 1, 40) ${whereRun(finished)}`, finished],
  [
    'another seed',
    `update run set spec = replace(spec, '"seed":0', '"seed":8') ${whereRun(finished)}`,
    finished,
  ],
  ['an environment that was cut off', `update run set environment = '{' ${whereRun(finished)}`, finished],
  ['no environment', `update run set environment = null ${whereRun(finished)}`, finished],
  [
    'a path with a changed digit',
    `update run set path = replace(path, '-0.5', '-0.4') ${whereRun(finished)}`,
    finished,
  ],
  ['no path', `update run set path = null ${whereRun(finished)}`, finished],
  ['other seconds', `update run set seconds = 1.5 ${whereRun(finished)}`, finished],
  ['another end', `update run set ended = started ${whereRun(finished)}`, finished],
  ['a state that is none', `update run set state = 'finishee' ${whereRun(finished)}`, finished],
  ['another state', `update run set state = 'diverged' ${whereRun(failed)}`, failed],
  ['another step', `update run set step = 30 ${whereRun(diverged)}`, diverged],
  [
    'another reason',
    `update run set reason = 'the loss of side is not finite' ${whereRun(diverged)}`,
    diverged,
  ],
  ['another metric', `update metric set value = 0.30000000000000004 where name = 'train/main'`, finished],
  ['a metric of another name', `update metric set name = 'train/side' where name = 'train/main'`, finished],
  ['a metric less', `delete from metric where name = 'norm'`, finished],
  ['another checksum', `update run set checksum = 'a' ${whereRun(finished)}`, finished],
] as const;

describe.each(databases)('on $name', ({ address: newAddress, query }) => {
  test('whatever changes in a record is said, with the run and what to do; the others count, and the run is made again', async () => {
    const address = await newAddress();
    const store = await filled(address);
    for (const [what, change, key] of changes) {
      await query(address, change);
      const others = records.filter((record) => record.key !== key);
      const damages: DamagedRecordError[] = [];
      expect(await store.records(keys, (damage) => damages.push(damage)), what).toEqual(others);
      expect(
        damages.map((damage) => damage.key),
        what,
      ).toEqual([key]);
      if (what === 'a state that is none') expect(damages[0]!.reason).toContain('state "finishee"');
      expect(damages[0]!.message, what).toMatch(
        /^The results in .* are damaged: the record of run \w+ .*scalpel run makes that run again/,
      );
      await expect(store.records(keys), what).rejects.toThrow(damages[0]!.message);

      for (const other of keys) await store.dropDamaged(other);
      expect(await store.records(keys), what).toEqual(others);
      const record = records.find((one) => one.key === key)!;
      expect(await store.claim(record), what).toBe('yours');
      await store.finish(record);
      expect(await store.records(keys), what).toEqual(records);
    }
  });

  test('a row with another key than that of its spec is said, and a sweep makes its run again', async () => {
    const address = await newAddress();
    const store = await filled(address);
    const stored = `${diverged.slice(0, -1)}~`;
    await query(address, `update run set key = '${stored}' ${whereRun(diverged)}`);
    const fresh = await open(address);
    await expect(fresh.records(keys)).rejects.toThrow(
      new RegExp(
        `run ${diverged} is not as it was written \\(its row has the key ${stored}\\). scalpel run makes`,
      ),
    );
    const { records: known, damaged } = await knownRecords(fresh, runs);
    expect(known).toEqual([records[0], records[2]]);
    expect(damaged).toEqual([
      { run: runs[1], reason: expect.stringMatching(/it is made again: its row has/) },
    ]);
    expect(await query(address, 'select key from run')).toHaveLength(2);
    await store.claim(records[1]);
    await store.finish(records[1]);
    expect(await fresh.records(keys)).toEqual(records);
  });

  test('a record from before there were checksums counts, unless it cannot be one', async () => {
    const address = await newAddress();
    const store = await filled(address);
    await query(address, 'update run set checksum = null');
    expect(await store.records(keys)).toEqual(records);
    await query(address, `update run set environment = '{}' ${whereRun(failed)}`);
    await expect(store.records(keys)).rejects.toThrow(new RegExp(`run ${failed} .*environment\\.`));
  });

  test('what was replaced meanwhile is not dropped', async () => {
    const store = await filled(await newAddress());
    for (const key of keys) await store.dropDamaged(key);
    expect(await store.records(keys)).toEqual(records);
  });

  test('what was saved of a run is not gone on from', async () => {
    const address = await newAddress();
    const store = await open(address);
    await store.claim(runs[0]!);
    await store.saveCheckpoint(finished, environment, Uint8Array.from([1, 2, 3]));
    await query(address, "update checkpoint set checksum = 'another'");
    expect(await store.checkpoint(finished, environment)).toBe('damaged');
    // As in stores that are older than checksums.
    await query(address, 'update checkpoint set checksum = null');
    expect([...((await store.checkpoint(finished, environment)) ?? [])]).toEqual([1, 2, 3]);
  });

  test('text that a database cannot hold is replaced before the checksum is taken', async () => {
    const store = await open(await newAddress());
    const given = recordOf(runs[0]!, { state: 'finished', metrics: { 'a\ud800b\0': 1 } });
    await store.claim(given);
    await store.finish(given);
    const [record] = await store.records(keys);
    expect(record!.outcome).toEqual({ state: 'finished', metrics: { 'a\ufffdb\ufffd': 1 } });
  });
});

test('a sweep makes a run again whose record is damaged, and says so', async () => {
  const [{ address: newAddress, query }] = databases as [(typeof databases)[0]];
  const address = await newAddress();
  const store = await open(address);
  const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
  await sweep({ runs, store, worker, workers: 1 });
  const before = await store.records(keys);
  await query(address, `update metric set value = 7 where run = '${keys[3]}' and name = 'norm'`);
  const events: SweepEvent[] = [];
  const onEvent = (event: SweepEvent) => void events.push(event);
  const result = await sweep({ runs, store: await open(address), worker, workers: 1, onEvent });
  expect(result).toEqual({ finished: 1, diverged: 0, failed: 0, left: 0 });
  expect(events.filter(({ kind }) => kind === 'damaged')).toEqual([
    {
      kind: 'damaged',
      run: runs[3],
      reason: expect.stringMatching(/^its record was damaged, so it is made again: /),
    },
  ]);
  const after = await store.records(keys);
  expect(after.map(({ outcome }) => outcome)).toEqual(before.map(({ outcome }) => outcome));
});

test('a row to which the index of the keys does not lead is said, and a sweep makes the index anew', async () => {
  const [{ address: newAddress, query }] = databases as [(typeof databases)[0]];
  const address = await newAddress();
  await (await filled(address)).close();
  damageIndex(address, diverged);
  expect(await query(address, 'pragma integrity_check')).not.toEqual([{ integrity_check: 'ok' }]);
  const store = await open(address);
  await expect(store.records(keys)).rejects.toThrow(
    new RegExp(
      `^The results in ${address} are damaged: .* run ${diverged} .*index.*scalpel run makes the index anew`,
    ),
  );
  // No records of other runs are missing.
  expect(await store.records([finished, failed])).toHaveLength(2);
  const { records: known, damaged } = await knownRecords(store, runs);
  expect(known).toEqual(records);
  expect(damaged).toEqual([
    { run: runs[1], reason: expect.stringMatching(/was mended, and counts: the index/) },
  ]);
  expect(await store.records(keys)).toEqual(records);
  expect(await query(address, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

test('a run that was made again beside a row that its index hides is damage with a way out', async () => {
  const [{ address: newAddress }] = databases as [(typeof databases)[0]];
  const address = await newAddress();
  await (await filled(address)).close();
  damageIndex(address, diverged);
  const store = await open(address);
  // No read of the records comes before.
  expect(await store.claim(records[1])).toBe('yours');
  await store.finish(records[1]);
  expect(await store.records(keys)).toEqual(records);
  await expect(store.dropDamaged(diverged)).rejects.toThrow(
    /^The results in .* are damaged: their indexes cannot be made anew \(.*UNIQUE.*\)\. Copy the file, and try sqlite3 FILE \.recover/,
  );
  expect(await store.records(keys)).toEqual(records);
});

test('a sweep begins a run anew of which a damaged checkpoint was kept, and says so', async () => {
  const [{ address: newAddress, query }] = databases as [(typeof databases)[0]];
  const address = await newAddress();
  const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
  const slow = planSuite(toySuite({ seeds: [0], options: { pause: 15, steps: 30 } }), createToolkit(plugin), {
    backend: 'cpu',
  }).runs.slice(0, 1);
  const interrupt = new AbortController();
  const onProgress = ({ kind }: SweepEvent) => kind === 'progress' && interrupt.abort();
  const { signal } = interrupt;
  const first = { runs: slow, store: await open(address), worker, workers: 1, checkpointEvery: 0 };
  expect(await sweep({ ...first, signal, onEvent: onProgress })).toMatchObject({ left: 1 });
  expect(await query(address, 'select key from checkpoint')).toHaveLength(1);
  await query(address, "update checkpoint set state = x'0102'");
  const events: SweepEvent[] = [];
  const onEvent = (event: SweepEvent) => void events.push(event);
  const store = await open(address);
  expect(await sweep({ runs: slow, store, worker, workers: 1, onEvent })).toMatchObject({
    finished: 1,
    left: 0,
  });
  const damaged = events.filter((event) => event.kind === 'damaged');
  expect(damaged).toEqual([expect.objectContaining({ reason: expect.stringContaining('begins anew') })]);
  expect(events.map(({ kind }) => kind)).not.toContain('resumed');
  expect((await store.records([slow[0]!.key]))[0]!.cost!.steps).toBe(30);
});

test('a store of an earlier version that may not be brought up to date can be read', async () => {
  const [{ address: newAddress, query }] = databases as [(typeof databases)[0]];
  const address = await newAddress();
  const store = await filled(address);
  const without = threeRecords.map(({ path: _, ...record }) => record);
  for (const column of ['path', 'cost', 'checksum'])
    await query(address, `alter table run drop column ${column}`);
  expect(await store.records(keys)).toEqual(without);
});

test('a bit that flips somewhere in the file changes no result in silence', async () => {
  const [{ address: newAddress }] = databases as [(typeof databases)[0]];
  const file = await newAddress();
  await (await filled(file)).close();
  const { said, wrong } = await flipBits(file, records, 97);
  expect(wrong).toEqual([]);
  expect(said).toBeGreaterThan(0);
});
