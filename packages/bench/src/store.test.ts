import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { planSuite } from './plan.ts';
import type { Outcome, RunRecord } from './record.ts';
import { openStore, type Store } from './store.ts';
import { openStoreFile } from './store-file.ts';
import { temporaryFolder } from './testing/folder.ts';
import { recordOf } from './testing/records.ts';
import { toySuite } from './testing/suite.ts';
import { plugin } from './testing/toy.ts';
import { createToolkit } from './toolkit.ts';

const { runs } = planSuite(toySuite(), createToolkit(plugin), { backend: 'cpu' });
const [first, second, third] = [runs[0]!, runs[1]!, runs[2]!];
const finished: Outcome = {
  state: 'finished',
  metrics: { 'train/main': 0.1 + 0.2, 'train/side': 1e-300, norm: -1e300 },
};

async function open(file: string): Promise<Store> {
  const store = await openStore(file);
  onTestFinished(() => store.close());
  return store;
}

const fresh = async () => {
  const file = join(temporaryFolder(), 'results.sqlite');
  return { file, store: await open(file) };
};

test('gives back what was recorded, to the last bit, in the order asked for', async () => {
  const { file, store } = await fresh();
  const outcomes: Outcome[] = [
    finished,
    { state: 'diverged', step: 31, reason: 'the loss of main is not finite' },
    { state: 'failed', reason: 'the data is gone' },
  ];
  const records: RunRecord[] = outcomes.map((outcome, index) => recordOf(runs[index]!, outcome));
  records[1] = {
    ...records[1]!,
    path: { steps: [0, 30], positions: [[0.1], [1e30]], losses: { main: [0, 1] } },
  };
  for (const record of records) {
    await store.claim(record);
    await store.finish(record);
  }
  const other = await open(file);
  expect(await other.records([third.key, 'unknown', first.key, second.key])).toEqual([
    records[2],
    records[0],
    records[1],
  ]);
});

test('many metrics, and many keys, go beyond what one statement can bind', async () => {
  const { store } = await fresh();
  const metrics = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`m${index}`, index / 3]));
  await store.claim(first);
  await store.finish(recordOf(first, { state: 'finished', metrics }));
  const keys = [...Array.from({ length: 40_000 }, (_, index) => `no such key ${index}`), first.key];
  const [record] = await store.records(keys);
  expect(record!.outcome).toEqual({ state: 'finished', metrics });
});

describe('a claim', () => {
  test('is granted once', async () => {
    const { file, store } = await fresh();
    const other = await open(file);
    expect(await store.claim(first)).toBe('yours');
    expect(await other.claim(first)).toBe('held');
    expect(await other.claim(second)).toBe('yours');
  });

  test('is not granted on what has finished or diverged, but on what failed', async () => {
    const { store } = await fresh();
    const ends: Outcome[] = [
      finished,
      { state: 'diverged', step: 0, reason: '' },
      { state: 'failed', reason: '' },
    ];
    const answers = [];
    for (const [index, outcome] of ends.entries()) {
      await store.claim(runs[index]!);
      await store.finish(recordOf(runs[index]!, outcome));
      answers.push(await store.claim(runs[index]!));
    }
    expect(answers).toEqual(['ended', 'ended', 'yours']);
  });

  test('can be given back', async () => {
    const { file, store } = await fresh();
    await store.claim(first);
    await store.release(first.key);
    expect(await (await open(file)).claim(first)).toBe('yours');
  });

  test('given back after the outcome changes nothing', async () => {
    const { store } = await fresh();
    await store.claim(first);
    await store.finish(recordOf(first, finished));
    await store.release(first.key);
    expect(await store.records([first.key])).toHaveLength(1);
  });

  test('of a process that dies is free as soon as the store is opened again; while it lives, it is held', async () => {
    const { file, store } = await fresh();
    const holder = fork(join(import.meta.dirname, 'testing/hold.ts'), [
      file,
      first.key,
      JSON.stringify(first.spec),
    ]);
    expect(await once(holder, 'message')).toEqual(['yours', undefined]);
    expect(await (await open(file)).claim(first)).toBe('held');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await store.claim(first)).toBe('held');
    expect(await (await open(file)).claim(first)).toBe('yours');
  });

  test('of another machine is free when its lease has run out, unless it is renewed', async () => {
    const { file, store } = await fresh();
    await store.claim(first);
    const elsewhere = openStoreFile(file);
    elsewhere.exec("update run set worker = 'another-machine/1/x'");
    elsewhere.close();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 59_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await store.claim(first)).toBe('held');
    vi.setSystemTime(Date.now() + 2_000);
    expect(await store.claim(first)).toBe('yours');
    vi.setSystemTime(Date.now() + 59_000);
    await store.renew();
    vi.setSystemTime(Date.now() + 59_000);
    expect(await store.claim(first)).toBe('held');
  });
});

describe('an outcome', () => {
  test('that comes after the run was lost to another is refused, and theirs stays', async () => {
    const { file, store } = await fresh();
    await store.claim(first);
    const thief = openStoreFile(file);
    thief.exec("update run set worker = 'another-machine/1/x'");
    await expect(store.finish(recordOf(first, finished))).rejects.toThrow('no longer held by this process');
    expect(thief.prepare('select count(*) as count from metric').get()).toEqual({ count: 0 });
    thief.close();
  });

  test('lands with its metrics or not at all', async () => {
    const { store } = await fresh();
    await store.claim(first);
    const broken: Outcome = { state: 'finished', metrics: { good: 1, bad: Number.NaN } };
    await expect(store.finish(recordOf(first, broken))).rejects.toThrow(/NOT NULL/);
    expect(await store.records([first.key])).toEqual([]);
    await store.finish(recordOf(first, finished));
    expect(await store.records([first.key])).toHaveLength(1);
  });
});
