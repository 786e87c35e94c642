import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import type { Environment } from '../records/record.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import type { Store } from '../store/contract.ts';
import { openStoreFile } from '../store/file.ts';
import { openStore } from '../store/open.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { type SweepEvent, sweep } from './sweep.ts';

const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
const runsOf = (changes: Partial<SuiteEntry> = {}) =>
  planSuite(toySuite(changes), createToolkit(plugin), { backend: 'cpu' }).runs;

async function open(file: string = join(temporaryFolder(), 'results.sqlite')): Promise<Store> {
  const store = await openStore(file);
  onTestFinished(() => store.close());
  return store;
}

const kinds = (events: readonly SweepEvent[]) => events.map(({ kind }) => kind);
const keys = (runs: readonly { key: string }[]) => runs.map(({ key }) => key);

test('makes every run once, and nothing the next time', async () => {
  const store = await open();
  const runs = runsOf();
  const [first, second]: SweepEvent[][] = [[], []];
  expect(await sweep({ runs, store, worker, workers: 2, onEvent: (event) => first!.push(event) })).toEqual({
    finished: 6,
    diverged: 0,
    failed: 0,
    left: 0,
  });
  expect(first![0]).toEqual({ kind: 'planned', done: 0, total: 6, workers: 2 });
  expect(kinds(first!).filter((kind) => kind === 'started')).toHaveLength(6);
  const ended = first!.filter((event) => event.kind === 'ended');
  expect(ended.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(keys(ended.map(({ run }) => run)).sort()).toEqual(keys(runs).sort());
  expect(ended.at(-1)!.secondsLeft).toBe(0);
  const records = await store.records(keys(runs));
  expect(records.map(({ environment }) => environment)).toEqual(
    runs.map(() => expect.objectContaining({ backend: 'plain JavaScript', node: process.versions.node })),
  );

  const result = await sweep({ runs, store, worker, onEvent: (event) => second!.push(event) });
  expect(result).toEqual({ finished: 0, diverged: 0, failed: 0, left: 0 });
  expect(second).toEqual([{ kind: 'planned', done: 6, total: 6, workers: 1 }]);
  expect(await store.records(keys(runs))).toEqual(records);
});

test('a run goes on from where it was saved, whether its backend was checked meanwhile or not', async () => {
  const store = await open();
  const runs = runsOf();
  const asked: Environment[] = [];
  const checkpoint = (key: string, environment: Environment) => {
    asked.push(environment);
    return store.checkpoint(key, environment);
  };
  await sweep({ runs, store: Object.assign(Object.create(store), { checkpoint }), worker });
  const records = await store.records(keys(runs));
  expect(records.map(({ environment }) => environment.checked)).toEqual(runs.map(() => null));
  expect(asked).toHaveLength(runs.length);
  for (const environment of asked) expect(environment).not.toHaveProperty('checked');
});

test('one worker and several give the same metrics to the last bit', async () => {
  const runs = runsOf();
  const outcomes = [];
  for (const workers of [1, 3]) {
    const store = await open();
    await sweep({ runs, store, worker, workers });
    outcomes.push((await store.records(keys(runs))).map(({ outcome }) => outcome));
  }
  expect(outcomes[0]).toHaveLength(6);
  expect(outcomes[1]).toEqual(outcomes[0]);
});

test('two sweeps at once share the work', async () => {
  const file = join(temporaryFolder(), 'results.sqlite');
  const runs = runsOf({ options: { pause: 10 } });
  const results = await Promise.all(
    [await open(file), await open(file)].map((store) => sweep({ runs, store, worker, workers: 1 })),
  );
  expect(results.map(({ left }) => left)).toEqual([0, 0]);
  expect(results[0]!.finished + results[1]!.finished).toBe(6);
  expect(results[0]!.finished).toBeGreaterThan(0);
  expect(results[1]!.finished).toBeGreaterThan(0);
});

test('says how far runs are, and how long the rest will take', async () => {
  const store = await open();
  const events: SweepEvent[] = [];
  const runs = runsOf({ seeds: [0], options: { pause: 20, steps: 40 } });
  await sweep({ runs, store, worker, workers: 1, onEvent: (event) => events.push(event) });
  const progress = events.filter((event) => event.kind === 'progress');
  expect(progress.length).toBeGreaterThan(3);
  expect(progress[0]).toMatchObject({ steps: 40, run: runs[0] });
  // Three runs of at least 0.8 s, one after another.
  expect(progress[0]!.secondsLeft).toBeGreaterThan(1);
  const last = events.filter((event) => event.kind === 'ended').map(({ secondsLeft }) => secondsLeft!);
  expect(last).toEqual([expect.any(Number), expect.any(Number), 0]);
  expect(Math.min(...last.slice(0, 2))).toBeGreaterThan(0);
});

describe('what goes wrong', () => {
  test('in a run is its outcome, and the other runs go on', async () => {
    const store = await open();
    const events: SweepEvent[] = [];
    const runs = [
      ...runsOf({ seeds: [0], options: { rate: 1e6, steps: 200 } }),
      ...runsOf({ seeds: [0], options: { trouble: 'throw' } }).slice(0, 1),
      ...runsOf({ seeds: [0, 1], options: { trouble: 'leak' } }).slice(0, 2),
      ...runsOf({ seeds: [0] }),
    ];
    const result = await sweep({ runs, store, worker, workers: 2, onEvent: (event) => events.push(event) });
    expect(result).toEqual({ finished: 5, diverged: 3, failed: 1, left: 0 });
    const records = await store.records(keys(runs));
    const [diverged, failed, finished] = ['diverged', 'failed', 'finished'];
    expect(records.map(({ outcome }) => outcome.state)).toEqual([
      diverged,
      diverged,
      diverged,
      failed,
      finished,
      finished,
      finished,
      finished,
      finished,
    ]);
    expect(kinds(events)).not.toContain('retried');
    const warnings = events.flatMap((event) => (event.kind === 'warned' ? [event.reason] : []));
    expect(warnings).toEqual([
      expect.stringContaining('task "toy" with combiner "weighted" left 1 tensor behind'),
    ]);
  });

  test('in what a task says to its parent process is not listened to', async () => {
    const runs = runsOf({ seeds: [0], options: { trouble: 'talk' } });
    expect(await sweep({ runs, store: await open(), worker, workers: 1 })).toMatchObject({ finished: 3 });
  });

  test('with a failed run is tried again by the next sweep', async () => {
    const store = await open();
    const runs = runsOf({ seeds: [0], options: { trouble: 'throw' } }).slice(0, 1);
    expect((await sweep({ runs, store, worker })).failed).toBe(1);
    expect((await sweep({ runs, store, worker })).failed).toBe(1);
  });

  test('with a worker costs its run one retry, then is recorded as failed with its last words', async () => {
    const store = await open();
    const events: SweepEvent[] = [];
    const runs = [...runsOf({ seeds: [0], options: { trouble: 'exit' } }).slice(0, 1), ...runsOf()];
    const result = await sweep({ runs, store, worker, workers: 1, onEvent: (event) => events.push(event) });
    expect(result).toEqual({ finished: 6, diverged: 0, failed: 1, left: 0 });
    expect(kinds(events).filter((kind) => kind === 'retried')).toHaveLength(1);
    const [record] = await store.records([runs[0]!.key]);
    expect(record!.outcome).toEqual({
      state: 'failed',
      reason: 'lost its worker twice: its process ended with exit code 3',
    });
  });

  test('before a worker is ready ends the sweep, says why, and leaves no claim behind', async () => {
    const folder = temporaryFolder();
    const broken = join(folder, 'worker.mjs');
    writeFileSync(broken, 'throw new Error("there is no such adapter")');
    const store = await open(join(folder, 'results.sqlite'));
    const runs = runsOf();
    const failure = sweep({ runs, store, worker: { file: broken }, workers: 2 });
    await expect(failure).rejects.toThrow(/A worker could not start:.*there is no such adapter/s);
    expect((await sweep({ runs, store: await open(join(folder, 'results.sqlite')), worker })).finished).toBe(
      6,
    );
  });
});

describe('a sweep that is ended in the middle goes on where it stopped:', () => {
  const slow = { options: { pause: 15, steps: 30 } };

  test('by its signal', async () => {
    const store = await open();
    const runs = runsOf(slow);
    const controller = new AbortController();
    const result = await sweep({
      runs,
      store,
      worker,
      workers: 2,
      signal: controller.signal,
      onEvent: ({ kind }) => kind === 'ended' && controller.abort(),
    });
    expect(result.left).toBeGreaterThan(0);
    expect(result.finished + result.left).toBe(6);
    const again = await sweep({ runs, store, worker, workers: 2 });
    expect(again).toEqual({ finished: result.left, diverged: 0, failed: 0, left: 0 });
  });

  test('by kill -9 on the whole sweep, with every run exactly once', async () => {
    const file = join(temporaryFolder(), 'results.sqlite');
    const runs = runsOf(slow);
    const child = fork(join(import.meta.dirname, '../testing/sweep.ts'), [file, JSON.stringify(slow)]);
    for (let ended = 0; ended < 2; ) ended += (await once(child, 'message'))[0] === 'ended' ? 1 : 0;
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await open(file);
    const before = await store.records(keys(runs));
    expect(before.length).toBeGreaterThanOrEqual(2);
    expect(before.length).toBeLessThan(6);
    const result = await sweep({ runs, store, worker, workers: 2 });
    expect(result).toEqual({ finished: 6 - before.length, diverged: 0, failed: 0, left: 0 });
    const after = await store.records(keys(runs));
    expect(after).toHaveLength(6);
    expect(after).toEqual(expect.arrayContaining([...before]));
    const whole = await open();
    await sweep({ runs, store: whole, worker, workers: 1 });
    const outcomes = (await whole.records(keys(runs))).map(({ outcome }) => outcome);
    expect(after.map(({ outcome }) => outcome)).toEqual(outcomes);
  });

  test('by the death of one worker, which another one replaces', async () => {
    const store = await open();
    const folder = temporaryFolder();
    const mark = join(folder, 'was-here');
    const suicidal = join(folder, 'worker.mjs');
    // The process dies by SIGKILL in its first run, but only the first time.
    writeFileSync(
      suicidal,
      `import { existsSync, writeFileSync } from 'node:fs';
       process.on('message', () => {
         if (existsSync(${JSON.stringify(mark)})) return;
         writeFileSync(${JSON.stringify(mark)}, '');
         process.kill(process.pid, 'SIGKILL');
       });
       await import(${JSON.stringify(worker.file)});`,
    );
    const events: SweepEvent[] = [];
    const result = await sweep({
      runs: runsOf(),
      store,
      worker: { file: suicidal },
      workers: 1,
      onEvent: (event) => events.push(event),
    });
    expect(result).toEqual({ finished: 6, diverged: 0, failed: 0, left: 0 });
    expect(events.filter(({ kind }) => kind === 'retried')).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('its process was ended by SIGKILL') }),
    ]);
  });

  describe('with checkpoints, in the middle of a run,', () => {
    /** The outcomes of the same runs without any disturbance. */
    async function undisturbed(runs: ReturnType<typeof runsOf>) {
      const store = await open();
      await sweep({ runs, store, worker });
      return (await store.records(keys(runs))).map(({ outcome }) => outcome);
    }

    test('after the death of a worker', async () => {
      const store = await open();
      const folder = temporaryFolder();
      const mark = join(folder, 'was-here');
      const suicidal = join(folder, 'worker.mjs');
      // The process dies by SIGKILL when its third checkpoint is safe, but only the first time.
      writeFileSync(
        suicidal,
        `import { existsSync, writeFileSync } from 'node:fs';
         let saved = 0;
         process.on('message', ({ kind }) => {
           if (kind !== 'saved' || ++saved < 3 || existsSync(${JSON.stringify(mark)})) return;
           writeFileSync(${JSON.stringify(mark)}, '');
           process.kill(process.pid, 'SIGKILL');
         });
         await import(${JSON.stringify(worker.file)});`,
      );
      const runs = runsOf();
      const events: SweepEvent[] = [];
      const result = await sweep({
        runs,
        store,
        worker: { file: suicidal },
        workers: 1,
        checkpointEvery: 0,
        onEvent: (event) => events.push(event),
      });
      expect(result).toEqual({ finished: 6, diverged: 0, failed: 0, left: 0 });
      expect(kinds(events).filter((kind) => kind === 'retried' || kind === 'resumed')).toEqual([
        'retried',
        'resumed',
      ]);
      const records = await store.records(keys(runs));
      expect(records.map(({ outcome }) => outcome)).toEqual(await undisturbed(runs));
      expect(records.map(({ cost }) => cost!.steps)).toEqual(runs.map(() => 20));
    });

    test('after kill -9 on the whole sweep', async () => {
      const file = join(temporaryFolder(), 'results.sqlite');
      const runs = runsOf(slow);
      const child = fork(join(import.meta.dirname, '../testing/sweep.ts'), [file, JSON.stringify(slow), '0']);
      // The child has made the tables when it claims a run.
      while ((await once(child, 'message'))[0] !== 'started');
      const database = openStoreFile(file);
      while (database.prepare('select key from checkpoint').get() === undefined) await wait(1);
      child.kill('SIGKILL');
      database.close();
      await once(child, 'exit');
      const store = await open(file);
      const events: SweepEvent[] = [];
      const result = await sweep({ runs, store, worker, workers: 2, onEvent: (event) => events.push(event) });
      expect(result).toMatchObject({ diverged: 0, failed: 0, left: 0 });
      expect(kinds(events)).toContain('resumed');
      expect((await store.records(keys(runs))).map(({ outcome }) => outcome)).toEqual(
        await undisturbed(runs),
      );
    });
  });
});
