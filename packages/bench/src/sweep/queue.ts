import { randomUUID } from 'node:crypto';
import type { JobAttempt, PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { PlannedRun, RunSpec } from '../plan/index.ts';
import { canonicalJson } from '../plan/index.ts';
import { specProblem } from '../records/index.ts';
import type { StoreOptions } from '../store/index.ts';
import { checkAddress, driverAddress, explained, patienceOf } from '../store/index.ts';
import { parseJson } from '../text/index.ts';

/** A run that this process has taken from the queue. Other processes cannot take it meanwhile. */
export interface QueuedRun extends PlannedRun {
  readonly attempt: JobAttempt;
}

/** Runs that wait for workers on any machine. The queue is pg-boss, in the database of the store. */
export interface RunQueue {
  /** Adds those runs that are not in the queue. */
  add(runs: readonly PlannedRun[]): Promise<void>;
  /**
   * Takes a run; null if none waits. The run returns to the queue if this process is silent for the length of
   * a lease. A row that is no run for this backend is moved to a second queue, whose name ends with
   * `-refused`, and the next row is taken.
   */
  take(onRefused?: (reason: string) => void): Promise<QueuedRun | null>;
  /** Renews the runs that were taken. Call it as often as the store's `renew`. */
  renew(): Promise<void>;
  /** Removes a run that has its outcome. */
  remove(run: QueuedRun): Promise<void>;
  /** Returns a run to the queue, for others or for later. */
  putBack(run: QueuedRun): Promise<void>;
  /** True if no run waits and no process has one. */
  isEmpty(): Promise<boolean>;
  close(): Promise<void>;
}

/** A run in the queue. Its spec is a text, since a database may change numbers and so the hash. */
const job = z.object({ key: z.string(), name: z.string(), spec: z.string() });

/** The schema of pg-boss in the database. */
const SCHEMA = 'scalpel_queue';

/**
 * The number of times that a run may return to the queue. The store counts deaths, and ends a run that kills
 * its processes.
 */
const RETURNS = 1_000_000;

/**
 * A day in seconds, the longest that pg-boss allows for a job. A longer run is offered again meanwhile; the
 * store's claim then shows that it is held.
 */
const DAY = 24 * 60 * 60;

const YEAR = 365 * DAY;

/**
 * Opens the queue of runs for a backend, which workers of other backends never see. The server must have been
 * reached before.
 */
export async function openQueue(
  address: string,
  backend: RunSpec['backend'],
  options: StoreOptions = {},
): Promise<RunQueue> {
  checkAddress(address);
  const { lease = 60_000 } = options;
  const patience = patienceOf(options);
  const run = <Value>(work: () => Promise<Value>) => explained(address, work, patience);
  const name = `runs-${backend.id}-${backend.version}`;
  const boss = await run(async () => {
    const started = await start(address, Math.max(1, Math.round(lease / 6_000)));
    await createQueues(started, name, lease);
    return started;
  });
  const taken = new Map<string, QueuedRun>();
  return {
    async add(runs) {
      if (runs.length > 0) await run(() => boss.insert(name, runs.map(jobOf)));
    },
    take: (onRefused = () => {}) =>
      run(async () => {
        const queued = await takeFrom(boss, name, backend, onRefused);
        if (queued !== null) taken.set(queued.attempt.id, queued);
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
    // Runs that have ended are removed.
    isEmpty: () => run(async () => (await boss.findJobs(name, { limit: 1 })).length === 0),
    close: () => boss.stop({ graceful: false }),
  };
}

/** The queue for rows that are no runs. */
function refusedOf(name: string): string {
  return `${name}-refused`;
}

async function createQueues(boss: PgBoss, name: string, lease: number): Promise<void> {
  await boss.createQueue(name, {
    // One job for each run, however many sweeps ask for it.
    policy: 'exclusive',
    // pg-boss requires at least ten.
    heartbeatSeconds: Math.max(10, Math.ceil(lease / 1_000)),
    expireInSeconds: DAY,
    retentionSeconds: YEAR,
    retryLimit: RETURNS,
    retryDelay: 1,
  });
  await boss.createQueue(refusedOf(name), { retentionSeconds: YEAR });
}

function jobOf({ key, name, spec }: PlannedRun, index: number) {
  return {
    // Jobs that were added together come in the order of their ids.
    id: index.toString(16).padStart(8, '0') + randomUUID().slice(8),
    singletonKey: key,
    data: { key, name, spec: canonicalJson(spec) } satisfies z.infer<typeof job>,
  };
}

/** The first row that is a run; rows before it are moved to the second queue. Null if none waits. */
async function takeFrom(
  boss: PgBoss,
  name: string,
  backend: RunSpec['backend'],
  onRefused: (reason: string) => void,
): Promise<QueuedRun | null> {
  for (;;) {
    const [row] = await boss.fetch(name);
    if (row === undefined) return null;
    const { id, retryCount, data } = row;
    const attempt = { id, retryCount };
    try {
      return { ...runIn(data, backend), attempt };
    } catch (error) {
      const reason = (error as Error).message;
      await boss.insert(refusedOf(name), [{ data: { row: data, reason } }]);
      await boss.deleteJob(name, attempt);
      onRefused(`${reason}. It was put aside, into ${SCHEMA}.job under the name ${refusedOf(name)}`);
    }
  }
}

/** The run of a row in the queue. Throws if the row is no run for the backend. */
function runIn(data: unknown, backend: RunSpec['backend']): PlannedRun {
  const { success, data: row } = job.safeParse(data);
  if (!success) throw new Error('A row in the queue is no run');
  const { key, name } = row;
  const spec = parseJson(row.spec) as RunSpec;
  const problem = specProblem({ key, spec });
  if (problem !== null) throw new Error(`The run "${name}" in the queue${problem}`);
  if (canonicalJson(spec.backend) !== canonicalJson({ id: backend.id, version: backend.version })) {
    const wanted = `${spec.backend.id} in version ${spec.backend.version}`;
    throw new Error(
      `The run "${name}" in the queue for ${backend.id} in version ${backend.version} is one for ${wanted}`,
    );
  }
  return { key, name, spec };
}

/** Starts pg-boss. Every `interval` seconds it looks for jobs whose holder is silent. */
async function start(address: string, interval: number): Promise<PgBoss> {
  const { PgBoss: Boss } = await import('pg-boss');
  const boss = new Boss({
    connectionString: driverAddress(address),
    schema: SCHEMA,
    application_name: 'scalpel',
    max: 2,
    schedule: false,
    superviseIntervalSeconds: interval,
    monitorIntervalSeconds: interval,
  });
  // Failed maintenance is repeated by the next one. A failure of our own request comes with its answer.
  boss.on('error', () => {});
  try {
    await boss.start();
    return boss;
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw error;
  }
}
