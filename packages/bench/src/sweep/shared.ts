import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedRun, Toolkit } from '../plan/index.ts';
import type { Outcome, RunRecord } from '../records/index.ts';
import { knownRecords } from './known-records.ts';
import { runPool } from './pool.ts';
import type { ClaimedRun, PoolEvent, Tally } from './pool-options.ts';
import type { QueuedRun, RunQueue } from './queue.ts';
import type { RefusedEvent, SweepOptions, SweepResult } from './sweep.ts';

export interface SharedSweepOptions extends SweepOptions {
  readonly queue: RunQueue;
  readonly toolkit: Toolkit;
}

export interface ServeOptions extends Omit<SharedSweepOptions, 'runs' | 'onEvent'> {
  /** Whether to wait for runs when there are none, instead of coming to an end. */
  readonly stay?: boolean;
  readonly onEvent?: (event: ServeEvent) => void;
}

export type ServeEvent =
  | PoolEvent
  | RefusedEvent
  | { readonly kind: 'ended'; readonly run: PlannedRun; readonly outcome: Outcome };

/** Between looks at a queue that has nothing for us, and at what others have made. Milliseconds. */
const PATIENCE = 1_000;

/**
 * Puts the runs that the store does not have yet in the queue, and works on it together with whoever else does, until all of them have ended.
 * Without workers it only puts them there. Failed runs are tried again.
 */
export async function sweepShared(options: SharedSweepOptions): Promise<SweepResult> {
  const { runs, store, queue, onEvent = () => {} } = options;
  const workers = options.workers ?? availableParallelism();
  const total = runs.length;
  const waiting = new Map(runs.map((run) => [run.key, run]));
  /** When the runs that have failed before did so: they count when they end once more. */
  const failedBefore = new Map<string, string>();
  const { records, damaged } = await knownRecords(store, runs);
  for (const { key, outcome, ended } of records) {
    if (outcome.state === 'failed') failedBefore.set(key, ended);
    else waiting.delete(key);
  }
  onEvent({ kind: 'planned', done: total - waiting.size, total, workers });
  for (const damage of damaged) onEvent({ kind: 'damaged', ...damage });
  await queue.add([...waiting.values()]);
  if (workers === 0) return { finished: 0, diverged: 0, failed: 0, left: waiting.size };

  const before = waiting.size;
  const start = performance.now();
  /** As fast as all who work on the queue have been until now. */
  const secondsLeft = () => {
    const made = before - waiting.size;
    return made === 0 ? null : ((performance.now() - start) / 1000 / made) * waiting.size;
  };
  const tally = { finished: 0, diverged: 0, failed: 0 };
  const over = ({ key, outcome, ended }: Pick<RunRecord, 'key' | 'outcome' | 'ended'>) => {
    const run = waiting.get(key);
    if (run === undefined || failedBefore.get(key) === ended) return;
    waiting.delete(key);
    tally[outcome.state]++;
    const done = total - waiting.size;
    onEvent({ kind: 'ended', run, outcome, done, total, secondsLeft: secondsLeft() });
  };
  const look = async () => {
    for (const record of await store.records([...waiting.keys()])) over(record);
    // Whoever loses a run without a trace, or an administrator who empties the queue, does not stop the sweep.
    await queue.add([...waiting.values()]);
    return waiting.size > 0;
  };
  await serve(options, workers, {
    goOn: look,
    renew: look,
    onEvent(event) {
      if (event.kind === 'ended') over({ ...event, key: event.run.key, ended: 'now' });
      else onEvent(event.kind === 'progress' ? { ...event, secondsLeft: secondsLeft() } : event);
    },
  });
  return { ...tally, left: waiting.size };
}

/** Makes runs that others have put in the queue, until nothing is waiting or under way. */
export async function serveQueue(options: ServeOptions): Promise<Tally> {
  const { queue, stay = false, onEvent = () => {} } = options;
  const goOn = async () => stay || !(await queue.isEmpty());
  return serve(options, options.workers ?? availableParallelism(), { goOn, onEvent });
}

interface Server {
  /** Asked when the queue has nothing for us. */
  goOn(): Promise<boolean>;
  /** Called as often as claims are renewed. */
  renew?(): Promise<unknown>;
  onEvent(event: ServeEvent): void;
}

async function serve(
  { store, queue, toolkit, worker, limits, checkpointEvery, signal }: Omit<ServeOptions, 'onEvent'>,
  workers: number,
  { goOn, renew, onEvent }: Server,
): Promise<Tally> {
  async function next(signal: AbortSignal): Promise<ClaimedRun<QueuedRun> | undefined> {
    while (!signal.aborted) {
      const run = await queue.take((reason) => onEvent({ kind: 'refused', reason }));
      if (run === null) {
        if (!(await goOn())) return undefined;
        await wait(PATIENCE, undefined, { signal }).catch(() => {});
        continue;
      }
      try {
        checkCanMake(run, toolkit);
      } catch (error) {
        await queue.putBack(run);
        throw error;
      }
      const claim = await store.claim(run);
      if (claim === 'yours' || claim === 'deadly') return { run, claim };
      if (claim === 'ended') await queue.remove(run);
      else await queue.putBack(run);
    }
    return undefined;
  }

  return runPool({
    store,
    worker,
    workers,
    limits,
    checkpointEvery,
    signal,
    next,
    renew: () => Promise.all([queue.renew(), renew?.()]),
    async settled(run, outcome) {
      if (outcome === null) return queue.putBack(run);
      await queue.remove(run);
      onEvent({ kind: 'ended', run, outcome });
    },
    onEvent,
  });
}

/** The runs of others may need what is not loaded here, or another version: their outcomes would be those of something else. */
function checkCanMake({ name, spec }: PlannedRun, toolkit: Toolkit): void {
  const needs = `The next run in the queue, "${name}", needs`;
  for (const [kind, wanted, here] of [
    ['task', spec.task, toolkit.tasks.find(({ id }) => id === spec.task.id)],
    ['combiner', spec.combiner, toolkit.combiners.find(({ id }) => id === spec.combiner.id)],
  ] as const) {
    const what = `${needs} ${kind} "${wanted.id}"`;
    if (here === undefined) {
      throw new Error(
        `${what}, which is not loaded here. Load it with --plugin; the run was left to others.`,
      );
    }
    if (here.version !== wanted.version) {
      throw new Error(
        `${what} in version ${wanted.version}, but here it has version ${here.version}. ` +
          'Bring Scalpel and its plugins to the same version on all machines; the run was left to others.',
      );
    }
  }
}
