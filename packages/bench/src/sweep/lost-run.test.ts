import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { openStore } from '../store/open.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { hasPostgres, type Postgres, startPostgres } from '../testing/postgres.ts';
import { toySuite } from '../testing/suite.ts';
import { plugin } from '../testing/toy.ts';
import { sweep } from './sweep.ts';

const worker = { file: join(import.meta.dirname, '../testing/worker.ts') };
const slow = { seeds: [0], options: { pause: 15, steps: 30 } };
const { runs } = planSuite(toySuite(slow), createToolkit(plugin), { backend: 'cpu' });
const keys = runs.map(({ key }) => key);

let postgres: Postgres | undefined;
beforeAll(async () => {
  if (hasPostgres) postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

describe.each([
  { name: 'SQLite', here: true, newAddress: async () => join(temporaryFolder(), 'results.sqlite') },
  { name: 'PostgreSQL', here: hasPostgres, newAddress: () => postgres!.database() },
])('on $name', ({ here, newAddress }) => {
  test.skipIf(!here).each([
    ['end', '1e9'],
    ['next checkpoint', '0'],
  ])(
    'a sweep that slept lets go, at its %s, of the run that another has taken over, and goes on',
    async (_, every) => {
      const address = await newAddress();
      const sleeper = fork(join(import.meta.dirname, '../testing/sweep.ts'), [
        address,
        JSON.stringify(slow),
        every,
        '1000',
      ]);
      onTestFinished(() => void sleeper.kill('SIGKILL'));
      const said: unknown[] = [];
      sleeper.on('message', (message) => said.push(message));
      while (!said.includes('progress')) await once(sleeper, 'message');

      const store = await openStore(address);
      onTestFinished(() => store.close());
      const made = await sweep({ runs, store, worker, workers: 1 });
      expect(made).toEqual({ finished: 3, diverged: 0, failed: 0, left: 0 });
      const records = await store.records(keys);

      sleeper.kill('SIGCONT');
      const [status] = await once(sleeper, 'close');
      expect(said.filter((message) => message === 'lost')).toHaveLength(1);
      expect(said.at(-1)).toEqual({ finished: 0, diverged: 0, failed: 0, left: 0 });
      expect(status).toBe(0);
      expect(await store.records(keys)).toEqual(records);
    },
  );
});
