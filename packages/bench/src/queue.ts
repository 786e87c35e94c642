import { randomUUID } from 'node:crypto';
import type { JobAttempt, PgBoss } from 'pg-boss';
import { canonicalJson, hashOf } from './canonical.ts';
import type { PlannedRun } from './plan.ts';
import type { RunSpec } from './spec.ts';
import type { StoreOptions } from './store.ts';
import { checkAddress } from './store-address.ts';
import { explained } from './store-errors.ts';

/** A run that this process has taken out of the queue and others do not get meanwhile. */
export interface QueuedRun extends PlannedRun {
  readonly attempt: JobAttempt;
}

/** Runs that wait for workers, on whatever machine these are: pg-boss, in the database of the store. */
export interface RunQueue {
  /** Adds those that are not in it. */
  add(runs: readonly PlannedRun[]): Promise<void>;
  /** Null when none waits. It comes back to the queue when its taker is not heard of for the length of a lease. */
  take(): Promise<QueuedRun | null>;
  /** Call it as often as the store's `renew`. */
  renew(): Promise<void>;
  /** A run that has its outcome leaves the queue. */
  remove(run: QueuedRun): Promise<void>;
  /** Leaves a run to others, or to a later moment. */
  putBack(run: QueuedRun): Promise<void>;
  /** Nothing waits, and nobody is at a run. */
  isEmpty(): Promise<boolean>;
  close(): Promise<void>;
}

/** A run as it lies in the queue. Its spec is text: what the database makes of numbers is no concern of the hash. */
interface Job {
  readonly key: string;
  readonly name: string;
  readonly spec: string;
}

/** pg-boss's corner of the database. */
const SCHEMA = 'scalpel_queue';

/** How often a run may go back to the queue. Deaths are counted by the store, which ends a run that takes its processes down. */
const RETURNS = 1_000_000;

/** Seconds: the longest that pg-boss lets a job be, a day. A longer run is offered again meanwhile, and the store's claim says that it is held. */
const DAY = 24 * 60 * 60;

const YEAR = 365 * DAY;

/** Opens the queue of the runs for a backend: a worker that has another one never sees them. */
export async function openQueue(
  address: string,
  backend: RunSpec['backend'],
  { lease = 60_000 }: StoreOptions = {},
): Promise<RunQueue> {
  checkAddress(address);
  const run = <Value>(work: () => Promise<Value>) => explained(address, work);
  const name = `runs-${backend.id}-${backend.version}`;
  return run(async () => {
    const boss = await start(address, Math.max(1, Math.round(lease / 6_000)));
    await boss.createQueue(name, {
      // One job for each run, however many sweeps ask for it.
      policy: 'exclusive',
      // At least ten, says pg-boss.
      heartbeatSeconds: Math.max(10, Math.ceil(lease / 1_000)),
      expireInSeconds: DAY,
      retentionSeconds: YEAR,
      retryLimit: RETURNS,
      retryDelay: 1,
    });
    const taken = new Map<string, QueuedRun>();

    return {
      add: (runs) =>
        run(async () => {
          const jobs = runs.map((planned, index) => ({
            // Jobs that were added together come in the order of their ids.
            id: index.toString(16).padStart(8, '0') + randomUUID().slice(8),
            singletonKey: planned.key,
            data: {
              key: planned.key,
              name: planned.name,
              spec: canonicalJson(planned.spec),
            } satisfies Job,
          }));
          if (jobs.length > 0) await boss.insert(name, jobs);
        }),

      take: () =>
        run(async () => {
          const [job] = await boss.fetch<Job>(name);
          if (job === undefined) return null;
          const spec = JSON.parse(job.data.spec) as RunSpec;
          const { id, retryCount } = job;
          const queued = { key: job.data.key, name: job.data.name, spec, attempt: { id, retryCount } };
          if (hashOf(spec) !== queued.key) {
            throw new Error(`The run "${queued.name}" in the queue does not have the key of its spec.`);
          }
          taken.set(id, queued);
          return queued;
        }),

      renew: () =>
        run(async () => {
          const attempts = [...taken.values()].map(({ attempt }) => attempt);
          if (attempts.length > 0) await boss.touch(name, attempts);
        }),

      remove: ({ attempt }) =>
        run(async () => {
          await boss.deleteJob(name, attempt);
          taken.delete(attempt.id);
        }),

      putBack: ({ attempt }) =>
        run(async () => {
          await boss.fail(name, attempt);
          taken.delete(attempt.id);
        }),

      // Whatever has ended was removed.
      isEmpty: () => run(async () => (await boss.findJobs(name, { limit: 1 })).length === 0),

      close: () => boss.stop({ graceful: false }),
    };
  });
}

/** Looks for takers that are not heard of every so many seconds. */
async function start(address: string, interval: number): Promise<PgBoss> {
  const { PgBoss: Boss } = await import('pg-boss');
  const boss = new Boss({
    connectionString: address,
    schema: SCHEMA,
    application_name: 'scalpel',
    max: 2,
    schedule: false,
    superviseIntervalSeconds: interval,
    monitorIntervalSeconds: interval,
  });
  // Upkeep that failed is done by the next one; a failure of what we ask for comes with the answer.
  boss.on('error', () => {});
  await boss.start();
  return boss;
}
