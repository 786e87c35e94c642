import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import type { Outcome, RunRecord } from '../records/record.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { databases } from '../testing/databases.ts';
import { execute, hasPostgres } from '../testing/postgres.ts';
import { environment, recordOf } from '../testing/records.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import type { Store, StoreOptions } from './contract.ts';
import { hasStore, openStore } from './open.ts';

const { runs } = planSuite(toySuite(), createToolkit(plugin), { backend: 'cpu' });
const [first, second, third] = [runs[0]!, runs[1]!, runs[2]!];
const finished: Outcome = {
  state: 'finished',
  metrics: { 'train/main': 0.1 + 0.2, 'train/side': 1e-300, norm: -1e300 },
};

async function open(address: string, options?: StoreOptions): Promise<Store> {
  const store = await openStore(address, options);
  onTestFinished(() => store.close());
  return store;
}

/** A process that holds the first run. It ends with the test. */
async function startHolder(address: string, lease: number) {
  const holder = fork(join(import.meta.dirname, '../testing/hold.ts'), [
    address,
    first.key,
    JSON.stringify(first.spec),
    String(lease),
  ]);
  onTestFinished(() => void holder.kill('SIGKILL'));
  expect(await once(holder, 'message')).toEqual(['yours', undefined]);
  return holder;
}

describe.each(databases)('on $name', ({ address: newAddress, query }) => {
  const fresh = async (options?: StoreOptions) => {
    const address = await newAddress();
    return { address, store: await open(address, options) };
  };

  test('gives back what was recorded, to the last bit, in the order asked for', async () => {
    const { address, store } = await fresh();
    const outcomes: Outcome[] = [
      finished,
      { state: 'diverged', step: 31, reason: 'the loss of main is not finite' },
      { state: 'failed', reason: 'the data is gone' },
    ];
    const records: RunRecord[] = outcomes.map((outcome, index) => recordOf(runs[index]!, outcome));
    records[1] = {
      ...records[1]!,
      path: { steps: [0, 30], positions: [[0.1], [1e30]], losses: { main: [0, 1] } },
      cost: { steps: 31, peakBytes: null },
    };
    for (const record of records) {
      await store.claim(record);
      await store.finish(record);
    }
    const other = await open(address);
    expect(await other.records([third.key, 'unknown', first.key, second.key])).toEqual([
      records[2],
      records[0],
      records[1],
    ]);
  });

  test('many metrics, and many keys, go beyond what one statement can bind', async () => {
    const { store } = await fresh();
    const metrics = Object.fromEntries(
      Array.from({ length: 40_000 }, (_, index) => [`m${index}`, index / 3]),
    );
    await store.claim(first);
    await store.finish(recordOf(first, { state: 'finished', metrics }));
    const keys = [...Array.from({ length: 40_000 }, (_, index) => `no such key ${index}`), first.key];
    const [record] = await store.records(keys);
    expect(record!.outcome).toEqual({ state: 'finished', metrics });
  });

  describe('a claim', () => {
    test('is granted once', async () => {
      const { address, store } = await fresh();
      const other = await open(address);
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

    test('that was lost with its holder three times is the last one: the run is what kills them', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      const answers = [];
      for (let death = 0; death < 3; death++) {
        await query(address, 'update run set lease = 0');
        answers.push(await store.claim(first));
      }
      expect(answers).toEqual(['yours', 'yours', 'deadly']);
      await store.finish(recordOf(first, { state: 'failed', reason: '' }));
      expect(await store.claim(first)).toBe('yours');
    });

    test('can be given back', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      await store.release(first.key);
      expect(await (await open(address)).claim(first)).toBe('yours');
    });

    test('given back after the outcome changes nothing', async () => {
      const { store } = await fresh();
      await store.claim(first);
      await store.finish(recordOf(first, finished));
      await store.release(first.key);
      expect(await store.records([first.key])).toHaveLength(1);
    });

    test('of another machine is free when its lease has run out, unless it is renewed', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      await query(address, "update run set worker = 'another-machine/1/x'");
      const pass = (seconds: number) => query(address, `update run set lease = lease - ${seconds * 1000}`);
      await pass(58);
      expect(await store.claim(first)).toBe('held');
      await pass(2);
      expect(await store.claim(first)).toBe('yours');
      await pass(58);
      await store.renew();
      await pass(58);
      expect(await store.claim(first)).toBe('held');
    });

    test('is as long as any other, wherever the clock of its holder stands', async () => {
      const { address, store } = await fresh();
      const now = Date.now();
      for (const hours of [2, -2]) {
        vi.useFakeTimers({ toFake: ['Date'], now: now + hours * 3_600_000 });
        onTestFinished(() => void vi.useRealTimers());
        await store.claim(first);
        await store.renew();
        vi.useRealTimers();
        const [row] = (await query(address, 'select lease from run')) as { lease: number }[];
        expect(Math.abs(Number(row!.lease) - now - 60_000)).toBeLessThan(30_000);
        await store.release(first.key);
      }
    });
  });

  describe('a checkpoint', () => {
    const bytes = (...values: number[]) => Uint8Array.from([0, 255, 0, ...values]);
    const found = (bytes: Uint8Array | 'damaged' | null) => bytes && [...bytes];

    test('comes back until the run has ended, the last one, also to others', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      expect(await store.checkpoint(first.key, environment)).toBeNull();
      for (const count of [1, 2]) await store.saveCheckpoint(first.key, environment, bytes(count));
      await store.release(first.key);
      const other = await open(address);
      await other.claim(first);
      expect(found(await other.checkpoint(first.key, environment))).toEqual([0, 255, 0, 2]);
      expect(await other.checkpoint(second.key, environment)).toBeNull();
      await other.finish(recordOf(first, finished));
      expect(await store.checkpoint(first.key, environment)).toBeNull();
    });

    test('of another environment does not count', async () => {
      const { store } = await fresh();
      await store.claim(first);
      await store.saveCheckpoint(first.key, environment, bytes());
      expect(await store.checkpoint(first.key, { ...environment, commit: 'another' })).toBeNull();
    });

    test('of who has lost the run is refused, and theirs stays', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      await store.saveCheckpoint(first.key, environment, bytes(1));
      await query(address, "update run set worker = 'another-machine/1/x'");
      const late = store.saveCheckpoint(first.key, environment, bytes(2));
      await expect(late).rejects.toThrow('no longer held by this process, so its checkpoint was dropped');
      expect(found(await store.checkpoint(first.key, environment))).toEqual([0, 255, 0, 1]);
    });

    test('shows that the run gets on, however many processes die under it', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      const answers = [];
      for (let death = 0; death < 4; death++) {
        await store.saveCheckpoint(first.key, environment, bytes());
        await query(address, 'update run set lease = 0');
        answers.push(await store.claim(first));
      }
      expect(answers).toEqual(Array(4).fill('yours'));
    });
  });

  describe('an outcome', () => {
    test('that comes after the run was lost to another is refused, and theirs stays', async () => {
      const { address, store } = await fresh();
      await store.claim(first);
      await query(address, "update run set worker = 'another-machine/1/x'");
      await expect(store.finish(recordOf(first, finished))).rejects.toThrow('no longer held by this process');
      expect(await query(address, 'select name from metric')).toEqual([]);
    });

    test('may be explained with any characters', async () => {
      const { store } = await fresh();
      const reason = 'a\u0000b \u001b[31m ü 漢 🔬';
      await store.claim(first);
      await store.finish(recordOf(first, { state: 'failed', reason }));
      const [record] = await store.records([first.key]);
      expect(record!.outcome).toEqual({ state: 'failed', reason: reason.replace('\0', '\ufffd') });
    });

    test('lands with its metrics or not at all', async () => {
      const { store } = await fresh();
      await store.claim(first);
      const broken: Outcome = { state: 'finished', metrics: { good: 1, bad: Number.NaN } };
      await expect(store.finish(recordOf(first, broken))).rejects.toThrow('Metric "bad" is NaN');
      expect(await store.records([first.key])).toEqual([]);
      await store.finish(recordOf(first, finished));
      expect(await store.records([first.key])).toHaveLength(1);
    });
  });

  test('several processes may make it at once', async () => {
    const address = await newAddress();
    expect(await hasStore(address)).toBe(false);
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(address)));
    expect(await hasStore(address)).toBe(true);
    const claims = await Promise.all(stores.map((store) => store.claim(first)));
    expect(claims.toSorted()).toEqual(['held', 'held', 'held', 'yours']);
  });
});

const sqlite = databases.find(({ name }) => name === 'SQLite')?.address;
const server = databases.find(({ name }) => name === 'PostgreSQL')?.address;

describe('the claim of a process that dies', () => {
  test('is free as soon as a file is opened again; while the process lives, it is held', async () => {
    const file = await sqlite!();
    const store = await open(file);
    const holder = await startHolder(file, 60_000);
    expect(await (await open(file)).claim(first)).toBe('held');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await store.claim(first)).toBe('held');
    expect(await (await open(file)).claim(first)).toBe('yours');
  });

  test.skipIf(!hasPostgres)(
    'is free on a server when its lease has run out; while it lives, it is held',
    async () => {
      const address = await server!();
      const store = await open(address);
      const holder = await startHolder(address, 2_000);
      await wait(3_000);
      expect(await store.claim(first)).toBe('held');
      holder.kill('SIGKILL');
      while ((await store.claim(first)) !== 'yours') await wait(100);
    },
  );
});

describe.skipIf(!hasPostgres)('on a server', () => {
  test('a store of an earlier version is brought up to date, with what it holds', async () => {
    const address = await server!();
    const store = await open(address);
    await store.claim(first);
    await store.finish(recordOf(first, finished));
    await execute(address, "comment on schema scalpel is 'Scalpel, schema version 2'");
    await execute(
      address,
      'alter table scalpel.run drop column lost, drop column cost, drop column checksum, drop column curve, drop column weights; drop table scalpel.checkpoint',
    );
    for (const updated of [await open(address), await open(address)]) {
      expect(await updated.records([first.key])).toHaveLength(1);
      expect(await updated.claim(second)).not.toBe('ended');
    }
  });

  test('a store of a newer version is refused, and left as it is', async () => {
    const address = await server!();
    await open(address);
    const comment = "select obj_description('scalpel'::regnamespace) as it";
    await execute(address, "comment on schema scalpel is 'Scalpel, schema version 99'");
    await expect(openStore(address)).rejects.toThrow(
      /have schema version 99, but .* reads 7\..*Update Scalpel/,
    );
    expect(await execute(address, comment)).toEqual([{ it: 'Scalpel, schema version 99' }]);
  });

  test('a schema of that name which is not ours is refused, and left as it is', async () => {
    const address = await server!();
    await execute(address, 'create schema scalpel');
    await execute(address, 'create table scalpel.run (key text)');
    await expect(openStore(address)).rejects.toThrow(/schema "scalpel" already exists/);
    expect(await execute(address, "select relname from pg_class where relname = 'metric'")).toEqual([]);
  });

  test('what is outside of the store is left alone', async () => {
    const address = await server!();
    await execute(address, 'create table run (key text)');
    await (await open(address)).claim(first);
    expect(await execute(address, 'select * from public.run')).toEqual([]);
  });

  test.each([
    [
      'postgres://me:secret@127.0.0.1:1/none',
      /in postgres:\/\/me@127\.0\.0\.1:1\/none cannot be reached \(.*ECONNREFUSED/,
    ],
    ['postgres://me:secret@no-such-host.invalid/none', /cannot be reached \(.*no-such-host/],
  ])('%s that cannot be reached is named without the password', async (address, message) => {
    const failure = openStore(address);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(/secret/);
    // A process that only reads has no run to continue.
    await expect(failure).rejects.not.toThrow('goes on');
    await expect(hasStore(address)).rejects.toThrow(message);
  });

  test.each([
    ['sslmode=require', /cannot be reached by an encrypted connection.*does not support SSL.*sslmode=/],
    [
      'sslmode=verify-full&sslrootcert=/no/such/file.pem',
      /a file that the address names is not there \(.*file\.pem/,
    ],
    ['options=-c%20role%3Dnobody-of-that-name', /could not be used \(.*nobody-of-that-name/],
  ])(
    'what the address asks for in vain is said, with the address but without the password: %s',
    async (query, message) => {
      const plain = new URL(await server!());
      plain.password = 'hidden';
      const failure: Error = await openStore(`${plain.href}?${query}`).then(
        () => expect.fail('It was opened'),
        (error) => error,
      );
      expect(failure.message).toMatch(message);
      expect(failure.message).toContain(`The results in postgres://scalpel@${plain.host}${plain.pathname} `);
      expect(failure.message).not.toContain('hidden');
    },
  );

  test('a database that is not there is named', async () => {
    const address = (await server!()).replace(/test\d+$/, 'nowhere');
    await expect(openStore(address)).rejects.toThrow(/database that is not there .*nowhere.*createdb/);
  });
});
