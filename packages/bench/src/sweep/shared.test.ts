import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hashOf } from '../plan/canonical.ts';
import { planSuite } from '../plan/plan.ts';
import type { RunSpec } from '../plan/spec.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import type { Store } from '../store/contract.ts';
import { openStore } from '../store/open.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { execute, hasPostgres, type Postgres, startPostgres } from '../testing/postgres.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { openQueue, type RunQueue } from './queue.ts';
import { type ServeEvent, serveQueue, sweepShared } from './shared.ts';
import { type SweepEvent, sweep } from './sweep.ts';

const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
const toolkit = createToolkit(plugin);
const runsOf = (changes: Partial<SuiteEntry> = {}) =>
  planSuite(toySuite(changes), toolkit, { backend: 'cpu' }).runs;
const keys = (runs: readonly { key: string }[]) => runs.map(({ key }) => key);

let postgres: Postgres | undefined;
beforeAll(async () => {
  if (hasPostgres) postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** A machine's access to the database. Leases are as short as pg-boss allows. */
async function joinSweep(address: string): Promise<{ readonly store: Store; readonly queue: RunQueue }> {
  const options = { lease: 3_000 };
  const store = await openStore(address, options);
  const queue = await openQueue(address, toolkit.backend('cpu'), options);
  onTestFinished(async () => {
    await queue.close();
    await store.close();
  });
  return { store, queue };
}

/** The outcomes of the same runs in a file, made one after another. */
async function outcomesInFile(runs: ReturnType<typeof runsOf>) {
  const store = await openStore(join(temporaryFolder(), 'results.sqlite'));
  await sweep({ runs, store, worker, workers: 1 });
  const records = await store.records(keys(runs));
  await store.close();
  return records.map(({ outcome }) => outcome);
}

function startMachine(address: string, ...mood: 'sleepy'[]): ChildProcess {
  const machine = fork(join(import.meta.dirname, '../testing/serve.ts'), [address, ...mood]);
  onTestFinished(() => void machine.kill('SIGKILL'));
  return machine;
}

describe.skipIf(!hasPostgres)('the queue', () => {
  test('gives each run once, in order, until it comes back', async () => {
    const address = await postgres!.database();
    const [one, two] = [await joinSweep(address), await joinSweep(address)];
    const runs = runsOf();
    expect(await one.queue.isEmpty()).toBe(true);
    await one.queue.add(runs);
    await two.queue.add(runs);
    const taken = [];
    for (let index = 0; index < 3; index++) taken.push(await one.queue.take(), await two.queue.take());
    expect(taken.map((run) => run!.key)).toEqual(keys(runs));
    expect(taken.map((run) => run!.spec)).toEqual(runs.map(({ spec }) => spec));
    expect(taken.map((run) => run!.name)).toEqual(runs.map(({ name }) => name));
    expect(await one.queue.take()).toBeNull();
    await one.queue.add(runs);
    expect(await one.queue.take()).toBeNull();
    for (const run of taken.slice(1)) await one.queue.remove(run!);
    expect(await two.queue.isEmpty()).toBe(false);
    await one.queue.putBack(taken[0]!);
    let again = await two.queue.take();
    while (again === null) again = await two.queue.take();
    expect(again.key).toBe(runs[0]!.key);
    // A process that has lost a run cannot remove it from its new holder.
    await one.queue.remove(taken[0]!);
    expect(await one.queue.isEmpty()).toBe(false);
    await two.queue.remove(again);
    expect(await one.queue.isEmpty()).toBe(true);
  });

  test('of one backend is not that of another', async () => {
    const address = await postgres!.database();
    const { queue } = await joinSweep(address);
    await queue.add(runsOf());
    const other = await openQueue(address, { id: 'wasm', version: 1 });
    expect(await other.take()).toBeNull();
    await other.close();
  });

  test('puts aside what is no run, says so, and goes on with the next', async () => {
    const address = await postgres!.database();
    const { queue } = await joinSweep(address);
    const runs = runsOf();
    await queue.add(runs);
    const set = "data = jsonb_set(data, '{spec}'";
    const changes = [
      ['data = null', /^A row in the queue is no run/],
      [`data = '[1]'`, /^A row in the queue is no run/],
      [`${set}, '"{"')`, /JSON/],
      [`${set}, '"null"')`, /^The run ".*" in the queue has no spec/],
      [
        `${set}, to_jsonb(replace(data->>'spec', '"seed"', '"sead"')))`,
        /^The run ".*" in the queue has no spec/,
      ],
    ] as const;
    for (const [index, [change]] of changes.entries()) {
      await execute(
        address,
        `update scalpel_queue.job set ${change} where singleton_key = '${runs[index]!.key}'`,
      );
    }
    const reasons: string[] = [];
    const taken = await queue.take((reason) => reasons.push(reason));
    expect(taken!.key).toBe(runs[5]!.key);
    for (const [index, [, reason]] of changes.entries()) {
      expect(reasons[index]).toMatch(reason);
      expect(reasons[index]).toMatch(
        /It was put aside, into scalpel_queue\.job under the name runs-cpu-1-refused$/,
      );
    }
    await queue.remove(taken!);
    expect(await queue.isEmpty()).toBe(true);
    const aside = await execute(
      address,
      "select data from scalpel_queue.job where name = 'runs-cpu-1-refused'",
    );
    expect(aside).toHaveLength(changes.length);
    // If they are requested again, they arrive whole.
    await queue.add(runs);
    expect((await queue.take())!.key).toBe(runs[0]!.key);
  });

  test.each([
    ['a seed', (spec: RunSpec) => ({ ...spec, seed: 7 }), 'the key is not that of the spec'],
    [
      'a backend that does not compute it',
      (spec: RunSpec) => ({ ...spec, backend: { id: 'wasm', version: 1 } }),
      'in the queue for cpu in version 1 is one for wasm in version 1',
    ],
    [
      'another version of the backend',
      (spec: RunSpec) => ({ ...spec, backend: { id: 'cpu', version: 2 } }),
      'in the queue for cpu in version 1 is one for cpu in version 2',
    ],
  ])('puts aside a run with %s', async (what, change, message) => {
    const { queue } = await joinSweep(await postgres!.database());
    const [run] = runsOf();
    const spec = change(run!.spec);
    await queue.add([{ ...run!, spec, key: what === 'a seed' ? run!.key : hashOf(spec) }]);
    const reasons: string[] = [];
    expect(await queue.take((reason) => reasons.push(reason))).toBeNull();
    expect(reasons).toEqual([expect.stringContaining(message)]);
  });
});

describe.skipIf(!hasPostgres)('a sweep of several machines', () => {
  test('makes every run once, with the outcomes that one machine gives, to the last bit', async () => {
    const address = await postgres!.database();
    const machine = await joinSweep(address);
    const runs = runsOf();
    const events: SweepEvent[] = [];
    const onEvent = (event: SweepEvent) => void events.push(event);
    const enqueued = await sweepShared({ ...machine, toolkit, runs, worker, workers: 0, onEvent });
    expect(enqueued).toEqual({ finished: 0, diverged: 0, failed: 0, left: 6 });
    expect(events).toEqual([{ kind: 'planned', done: 0, total: 6, workers: 0 }]);

    const served: ServeEvent[] = [];
    const [joined, swept] = await Promise.all([
      serveQueue({
        ...(await joinSweep(address)),
        toolkit,
        worker,
        workers: 1,
        onEvent: (event) => served.push(event),
      }),
      sweepShared({ ...machine, toolkit, runs, worker, workers: 1, onEvent }),
    ]);
    expect(swept).toEqual({ finished: 6, diverged: 0, failed: 0, left: 0 });
    expect(joined.finished).toBe(served.filter(({ kind }) => kind === 'ended').length);
    const ended = events.filter((event) => event.kind === 'ended');
    expect(ended.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(keys(ended.map(({ run }) => run)).toSorted()).toEqual(keys(runs).toSorted());
    const records = await machine.store.records(keys(runs));
    expect(records.map(({ outcome }) => outcome)).toEqual(await outcomesInFile(runs));
    expect(await machine.queue.isEmpty()).toBe(true);

    const again = await sweepShared({ ...machine, toolkit, runs, worker, workers: 1 });
    expect(again).toEqual({ finished: 0, diverged: 0, failed: 0, left: 0 });
    expect(await machine.store.records(keys(runs))).toEqual(records);
  });

  test('goes on when one of them is killed with kill -9: each run recorded once, none lost', async () => {
    const address = await postgres!.database();
    const { store, queue } = await joinSweep(address);
    const runs = runsOf({ options: { pause: 30, steps: 60 } });
    await queue.add(runs);
    // Counts every row that a run gets, since its outcome never changes.
    await execute(
      address,
      `create table public.ends (key text);
       create function note() returns trigger as $$ begin insert into public.ends values (new.key); return new; end $$ language plpgsql;
       create trigger note after update on scalpel.run for each row when (new.ended is not null) execute function note();`,
    );
    const victim = startMachine(address);
    while ((await once(victim, 'message'))[0] !== 'progress');
    const others = [startMachine(address), startMachine(address)];
    victim.kill('SIGKILL');
    const statuses = await Promise.all(others.map(async (other) => (await once(other, 'exit'))[0]));
    expect(statuses).toEqual([0, 0]);
    const records = await store.records(keys(runs));
    expect(records.map(({ outcome }) => outcome)).toEqual(await outcomesInFile(runs));
    expect(
      await execute(
        address,
        'select count(*)::int as ends, count(distinct key)::int as keys from public.ends',
      ),
    ).toEqual([{ ends: 6, keys: 6 }]);
    expect(await queue.isEmpty()).toBe(true);
  });

  test('goes on when one of them sleeps: it lets go of the run that another has taken over', async () => {
    const address = await postgres!.database();
    const { store, queue } = await joinSweep(address);
    const runs = runsOf({ seeds: [0], options: { pause: 15, steps: 30 } });
    await queue.add(runs);
    const sleeper = startMachine(address, 'sleepy');
    const said: unknown[] = [];
    sleeper.on('message', (message) => said.push(message));
    while (!said.includes('progress')) await once(sleeper, 'message');
    const other = startMachine(address);
    expect((await once(other, 'exit'))[0]).toBe(0);
    const records = await store.records(keys(runs));
    expect(records).toHaveLength(3);

    sleeper.kill('SIGCONT');
    const [status] = await once(sleeper, 'close');
    expect(said.filter((message) => message === 'lost')).toHaveLength(1);
    expect(said).not.toContain('ended');
    expect(status).toBe(0);
    expect(await store.records(keys(runs))).toEqual(records);
    expect(await queue.isEmpty()).toBe(true);
  });

  test('makes its runs, whatever rows are among them, and says which were put aside', async () => {
    const address = await postgres!.database();
    const machine = await joinSweep(address);
    const runs = runsOf({ seeds: [0] });
    await machine.queue.add(runs);
    await execute(
      address,
      `update scalpel_queue.job set data = '{}' where singleton_key = '${runs[0]!.key}'`,
    );
    const events: SweepEvent[] = [];
    const onEvent = (event: SweepEvent) => void events.push(event);
    const result = await sweepShared({ ...machine, toolkit, runs, worker, workers: 1, onEvent });
    expect(result).toEqual({ finished: 3, diverged: 0, failed: 0, left: 0 });
    expect(events.filter(({ kind }) => kind === 'refused')).toHaveLength(1);
  });

  test('tries a failed run again once, and says what others made of it', async () => {
    const machine = await joinSweep(await postgres!.database());
    const runs = runsOf({ seeds: [0], options: { trouble: 'throw' } }).slice(0, 1);
    for (const _ of [1, 2]) {
      const result = await sweepShared({ ...machine, toolkit, runs, worker, workers: 1 });
      expect(result).toEqual({ finished: 0, diverged: 0, failed: 1, left: 0 });
    }
  });

  test('that is ended gives its runs back', async () => {
    const machine = await joinSweep(await postgres!.database());
    const runs = runsOf({ options: { pause: 20, steps: 40 } });
    const controller = new AbortController();
    const first = await sweepShared({
      ...machine,
      toolkit,
      runs,
      worker,
      workers: 1,
      signal: controller.signal,
      onEvent: ({ kind }) => kind === 'progress' && controller.abort(),
    });
    expect(first.left).toBe(6);
    const again = await sweepShared({ ...machine, toolkit, runs, worker, workers: 2 });
    expect(again).toEqual({ finished: 6, diverged: 0, failed: 0, left: 0 });
  });

  const [toy] = plugin.tasks!;
  const [weighted] = plugin.combiners!;
  test.each([
    [{ ...plugin, tasks: [] }, 'needs task "toy", which is not loaded here. Load it with --plugin'],
    [
      { ...plugin, tasks: [{ ...toy!, version: 2 }] },
      'needs task "toy" in version 1, but here it has version 2',
    ],
    [{ ...plugin, combiners: [{ ...weighted!, version: 7 }] }, 'needs combiner "weighted" in version 1'],
  ])('leaves to others what it cannot make: %#', async (other, message) => {
    const machine = await joinSweep(await postgres!.database());
    const runs = runsOf({ seeds: [0] });
    await machine.queue.add(runs);
    const refused = serveQueue({ ...machine, toolkit: createToolkit(other), worker, workers: 1 });
    await expect(refused).rejects.toThrow(message);
    const { finished } = await serveQueue({ ...machine, toolkit, worker, workers: 1 });
    expect(finished).toBe(3);
  });
});
