import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import type { StoreOptions } from '../store/contract.ts';
import { openStore } from '../store/open.ts';
import { execute, hasPostgres, type Postgres, startPostgres } from '../testing/postgres.ts';
import { startProxy } from '../testing/proxy.ts';
import { environment, threeRecords } from '../testing/records.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { openQueue } from './queue.ts';
import { sweepShared } from './shared.ts';

const toolkit = createToolkit(plugin);
const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
const runsOf = (options = {}) => planSuite(toySuite({ options }), toolkit, { backend: 'cpu' }).runs;
const [record] = threeRecords;
const { key } = record;

let postgres: Postgres | undefined;
beforeAll(async () => {
  if (hasPostgres) postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function joinSweep(address: string, options: StoreOptions) {
  const store = await openStore(address, options);
  const queue = await openQueue(address, toolkit.backend('cpu'), options);
  onTestFinished(async () => {
    await queue.close();
    await store.close();
  });
  return { store, queue };
}

describe.skipIf(!hasPostgres)('a server that is away for a moment', () => {
  test('is waited for by whatever asks it, and that is said', async () => {
    const said: string[] = [];
    const { store, queue } = await joinSweep(await postgres!.database(), {
      onWait: (message) => said.push(message),
    });
    await queue.add(runsOf());
    const asked = await postgres!.away(async () => {
      const answers = Promise.all([
        store.claim(record),
        store.records([key]),
        store.renew(),
        store.check(),
        queue.take(),
        queue.isEmpty(),
      ]);
      await wait(500);
      // The promises are wrapped in an object: they resolve when the server is back.
      return { answers };
    });
    const [claim, records, , , taken, isEmpty] = await asked.answers;
    expect([claim, records, taken!.key, isEmpty]).toEqual(['yours', [], runsOf()[0]!.key, false]);
    expect(said[0]).toMatch(
      /^The results in postgres:.* cannot be reached \(.*\)\. This is tried again for up to 300 s\.$/,
    );
  });

  test('is not waited for longer than was said, and what to do is said then', async () => {
    const { store } = await joinSweep(await postgres!.database(), { patience: 300 });
    const failure = await postgres!.away(() => store.claim(record).catch((error) => error.message));
    expect(failure).toMatch(/cannot be reached \(.*\), tried again for \d+ s\. Check that the server runs/);
    expect(await store.claim(record)).toBe('yours');
  });

  test('is not waited for by who is asked to end', async () => {
    const interrupt = new AbortController();
    const { store } = await joinSweep(await postgres!.database(), { signal: interrupt.signal });
    await postgres!.away(async () => {
      const claim = store.claim(record);
      setTimeout(() => interrupt.abort(), 200);
      await expect(claim).rejects.toThrow('cannot be reached');
    });
  });

  test('does not keep a sweep that is asked to end', async () => {
    const interrupt = new AbortController();
    const { signal } = interrupt;
    const machine = await joinSweep(await postgres!.database(), { signal });
    let gone: Promise<void> | undefined;
    const over = Promise.withResolvers<void>();
    const result = sweepShared({
      ...machine,
      toolkit,
      runs: runsOf({ pause: 20, steps: 60 }),
      worker,
      workers: 1,
      signal,
      onEvent({ kind }) {
        if (kind !== 'progress') return;
        gone ??= postgres!.away(() => {
          interrupt.abort();
          return over.promise;
        });
      },
    });
    expect(await result.finally(over.resolve)).toMatchObject({ failed: 0, left: expect.any(Number) });
    await gone;
  });

  test('ends neither the sweep nor its workers, and each run is recorded once', async () => {
    const address = await postgres!.database();
    const machine = await joinSweep(address, { lease: 3_000 });
    const runs = runsOf({ pause: 20, steps: 60 });
    await execute(
      address,
      `create table public.ends (key text);
       create function note() returns trigger as $$ begin insert into public.ends values (new.key); return new; end $$ language plpgsql;
       create trigger note after update on scalpel.run for each row when (new.ended is not null) execute function note();`,
    );
    const other = fork(join(import.meta.dirname, '../testing/serve.ts'), [address]);
    onTestFinished(() => void other.kill('SIGKILL'));
    await machine.queue.add(runs);
    while ((await once(other, 'message'))[0] !== 'progress');
    let goneFor: Promise<void> | undefined;
    const result = await sweepShared({
      ...machine,
      toolkit,
      runs,
      worker,
      workers: 1,
      onEvent({ kind }) {
        if (kind === 'progress') goneFor ??= postgres!.away(() => wait(3_000));
      },
    });
    await goneFor;
    expect(result).toEqual({ finished: 6, diverged: 0, failed: 0, left: 0 });
    if (other.exitCode === null) await once(other, 'exit');
    expect(other.exitCode).toBe(0);
    const ends = 'select count(*)::int as ends, count(distinct key)::int as keys from public.ends';
    expect(await execute(address, ends)).toEqual([{ ends: 6, keys: 6 }]);
    const records = await machine.store.records(runs.map((run) => run.key));
    expect(records.map(({ outcome }) => outcome.state)).toEqual(runs.map(() => 'finished'));
  });
});

test.skipIf(!hasPostgres)(
  'what was done, though its answer was lost, is not done twice, and is not taken for another process’s',
  async () => {
    const address = await postgres!.database();
    const proxy = await startProxy(address);
    const store = await openStore(proxy.address);
    onTestFinished(() => store.close());
    const losing = async <Value>(statement: RegExp, work: () => Promise<Value>) => {
      proxy.loseAnswerTo(statement);
      const answer = await work();
      expect(proxy.isLost()).toBe(true);
      return answer;
    };
    expect(await losing(/insert into/, () => store.claim(record))).toBe('yours');
    expect(await execute(address, 'select lost from scalpel.run')).toEqual([{ lost: 0 }]);
    await losing(/update/, () => store.renew());
    await losing(/commit/, () => store.saveCheckpoint(key, environment, Uint8Array.from([1])));
    expect([...(await losing(/select/, () => store.checkpoint(key, environment)))!]).toEqual([1]);
    await losing(/commit/, () => store.finish(record));
    expect(await losing(/select/, () => store.records([key]))).toEqual([record]);
    await losing(/delete/, () => store.release(key));
    expect(await store.claim(record)).toBe('ended');
  },
);
