import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedRun, Toolkit } from '../plan/index.ts';
import type { Outcome, RunRecord } from '../records/index.ts';
import { knownRecords } from './known-records.ts';
import { runPool } from './pool.ts';
import type { ClaimedRun, PoolEvent, Tally } from './pool-options.ts';
import type { QueuedRun, RunQueue } from './queue.ts';
import type { RefusedEvent, SweepOptions, SweepResult } from './sweep.ts';

/** Options of `sweepShared`. */
export interface SharedSweepOptions extends SweepOptions {
  readonly queue: RunQueue;
  readonly toolkit: Toolkit;
}

/** Options of `serveQueue`. */
export interface ServeOptions extends Omit<SharedSweepOptions, 'runs' | 'onEvent'> {
  /** If true, waits for new runs when the queue is empty. Otherwise it ends then. */
  readonly stay?: boolean;
  readonly onEvent?: (event: ServeEvent) => void;
}

/** Events of `serveQueue`. */
export type ServeEvent =
  | PoolEvent
  | RefusedEvent
  | { readonly kind: 'ended'; readonly run: PlannedRun; readonly outcome: Outcome };

/** Milliseconds between two looks at an empty queue, and at the results of others. */
const PATIENCE = 1_000;

/**
 * Adds the runs that the store does not have yet to the queue, and works on the queue together with other
 * processes until all have ended. Without workers it only adds them. Failed runs are tried again.
 */
export async function sweepShared(options: SharedSweepOptions): Promise<SweepResult> {
  const { runs, store, queue, onEvent = () => {} } = options;
  const workers = options.workers ?? availableParallelism();
  const total = runs.length;
  const waiting = new Map(runs.map((run) => [run.key, run]));
  /** The time at which each earlier failed run ended. It counts when it ends again. */
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
  /** An estimate from the speed of all processes on the queue so far. */
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
    // The runs are added again in case one was lost without a trace, or an administrator has emptied the
    // queue.
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

/** Makes runs that others have put in the queue, until none is waiting or running. */
export async function serveQueue(options: ServeOptions): Promise<Tally> {
  const { queue, stay = false, onEvent = () => {} } = options;
  const goOn = async () => stay || !(await queue.isEmpty());
  return serve(options, options.workers ?? availableParallelism(), { goOn, onEvent });
}

interface Server {
  /** Called when the queue has no run for us. False ends the work. */
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

/**
 * Throws if a run of another process needs something that is not loaded here, or another version of it: its
 * outcome would belong to other code.
 */
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
