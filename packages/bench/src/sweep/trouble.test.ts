import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import type { Store } from '../store/contract.ts';
import { openStore } from '../store/open.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { hasSmallDisks, onSmallDisk } from '../testing/small-disk.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import type { Limits } from './limits.ts';
import { sweep } from './sweep.ts';

const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
const runsOf = (changes: Partial<SuiteEntry> = {}) =>
  planSuite(toySuite(changes), createToolkit(plugin), { backend: 'cpu' }).runs;

async function open(file: string = join(temporaryFolder(), 'results.sqlite')): Promise<Store> {
  const store = await openStore(file, { patience: 100 });
  onTestFinished(() => store.close());
  return store;
}

/** The outcome of a run, in a sweep of one worker that makes six good runs after it. */
async function outcomeOf(
  options: NonNullable<SuiteEntry['options']>,
  { limits, onProgress = () => {} }: { readonly limits?: Limits; readonly onProgress?: () => void } = {},
) {
  const bad = runsOf({ seeds: [0], options }).slice(0, 1);
  const store = await open();
  const events: string[] = [];
  const runs = [...bad, ...runsOf()];
  const onEvent = ({ kind }: { readonly kind: string }) => {
    events.push(kind);
    if (kind === 'progress') onProgress();
  };
  const result = await sweep({ runs, store, worker, workers: 1, limits, onEvent });
  expect(result).toEqual({ finished: 6, diverged: 0, failed: 1, left: 0 });
  expect(events).not.toContain('retried');
  const [record] = await store.records([bad[0]!.key]);
  return record!.outcome;
}

/** Stops the clock. The returned function moves it forward at its first call. */
function jumpClock(seconds: number): () => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let left = seconds * 1000;
  return () => {
    vi.advanceTimersByTime(left);
    left = 0;
  };
}

test('a run that hangs is ended when it has made no step for too long, and the sweep goes on', async () => {
  const onProgress = jumpClock(600);
  expect(await outcomeOf({ trouble: 'hang', pause: 30 }, { onProgress })).toEqual({
    state: 'failed',
    reason: expect.stringMatching(/^hung: no step in 600 s, /),
  });
});

test('a run that goes on and on is ended at its time limit, and the sweep goes on', async () => {
  const onProgress = jumpClock(300);
  expect(await outcomeOf({ steps: 1e9 }, { limits: { time: 300 }, onProgress })).toEqual({
    state: 'failed',
    reason: expect.stringMatching(/^took longer than its time limit of 300 s: ended /),
  });
});

test('a worker that hangs as it starts ends the sweep with a message, and no claim is left behind', async () => {
  const file = join(temporaryFolder(), 'worker.mjs');
  writeFileSync(file, 'for (;;);');
  const store = await open();
  const hung = sweep({ runs: runsOf(), store, worker: { file }, workers: 2, limits: { silence: 1 } });
  await expect(hung).rejects.toThrow(
    /^A worker could not start: it was not ready in 1 s\. Look .* or allow it more with --silence-limit/,
  );
  expect((await sweep({ runs: runsOf(), store, worker })).finished).toBe(6);
});

test('a run that runs out of memory has failed, without a second try, and the sweep goes on', async () => {
  vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=100');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await outcomeOf({ trouble: 'hoard' })).toEqual({
    state: 'failed',
    reason: 'ran out of memory: the JavaScript heap is full',
  });
});

/** Another program that holds the file until it is ended. */
async function startLocker(file: string, lock: string) {
  const script = `
    globalThis.database = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    globalThis.database.exec(process.argv[2]);
    console.log('locked');
    setInterval(() => {}, 1e6);`;
  const locker = spawn(process.execPath, ['-e', script, file, lock]);
  onTestFinished(() => void locker.kill('SIGKILL'));
  await once(locker.stdout, 'data');
  return locker;
}

test.each([['begin immediate'], ['begin exclusive']])(
  'a store that another program locks ends the sweep with a message, and nothing is lost: %s',
  async (lock) => {
    const file = join(temporaryFolder(), 'results.sqlite');
    const store = await open(file);
    const locker = await startLocker(file, lock);
    await expect(sweep({ runs: runsOf(), store, worker, workers: 2 })).rejects.toThrow(
      /^The results in .*results\.sqlite are locked by another program \(.*\)\. Close what holds them open/,
    );
    locker.kill('SIGKILL');
    await once(locker, 'exit');
    expect((await sweep({ runs: runsOf(), store, worker, workers: 2 })).finished).toBe(6);
  },
);

test.each([
  [2, true],
  [3, false],
])('a sweep whose claims cannot be renewed %i times in a row goes on: %s', async (times, goesOn) => {
  const store = await open();
  let failures = 0;
  const renew = () => (failures++ < times ? Promise.reject(new Error('no answer')) : store.renew());
  const runs = runsOf({ seeds: [0], options: { pause: 20 } });
  const made = sweep({ runs, store: { ...store, renewal: 50, renew }, worker, workers: 1 });
  if (goesOn) expect(await made).toMatchObject({ finished: 3, left: 0 });
  else await expect(made).rejects.toThrow('no answer');
});

test.skipIf(!existsSync('/proc/self/fd'))(
  'a file that the system cannot read or write any more ends the sweep with a message, and what had ended is kept',
  async () => {
    const file = join(temporaryFolder(), 'results.sqlite');
    const runs = runsOf({ seeds: [0] });
    const keys = runs.map(({ key }) => key);
    // A separate process, since it closes files that are not its own.
    const child = fork(join(import.meta.dirname, '../testing/broken-disk.ts'), [file]);
    const [message] = await once(child, 'message');
    expect(message).toMatch(/^The results in .*results\.sqlite /);
    const store = await open(file);
    expect((await store.records(keys)).length).toBeGreaterThan(0);
    expect(await sweep({ runs, store, worker, workers: 1 })).toMatchObject({ failed: 0, left: 0 });
  },
);

test('a store that is locked when it is opened says so', async () => {
  const file = join(temporaryFolder(), 'results.sqlite');
  await (await openStore(file)).close();
  await startLocker(file, 'pragma locking_mode = exclusive; begin exclusive');
  await expect(openStore(file, { patience: 100 })).rejects.toThrow(
    /^The results in .*results\.sqlite are locked by another program/,
  );
});

test.skipIf(!hasSmallDisks)(
  'a disk that is full ends the sweep with a message, and nothing is lost',
  async () => {
    const folder = temporaryFolder();
    const disk = join(import.meta.dirname, '../testing/disk.ts');
    const child = onSmallDisk(folder, 512, disk, join(folder, 'results.sqlite'));
    const said: unknown[] = [];
    child.on('message', (message) => said.push(message));
    await once(child, 'exit');
    const message = expect.stringMatching(
      /^The results in .* could not be written: the disk is full .*Make room\./,
    );
    const ended = expect.any(Number);
    expect(said).toEqual([
      { ended: 0, message },
      ['filler'],
      { ended, message },
      { finished: 6 - (said[2] as { readonly ended: number }).ended, diverged: 0, failed: 0, left: 0 },
    ]);
  },
);
