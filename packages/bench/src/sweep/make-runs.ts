import type { PlannedRun } from '../plan/index.ts';
import type { Outcome } from '../records/index.ts';
import type { RunResult } from '../run/index.ts';
import { LostRunError } from '../store/index.ts';
import { watch } from './limits.ts';
import type { ClaimedRun, PoolOptions } from './pool-options.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

/** The results of a pool so far. */
export interface Made {
  readonly tally: Record<Outcome['state'], number>;
  /** The warnings that were reported. */
  readonly warnings: Set<string>;
}

/**
 * Makes runs one after another, with one worker process at a time. It stops when there are no more runs or
 * the signal is aborted.
 */
export async function makeRuns<Run extends PlannedRun>(
  options: PoolOptions<Run>,
  signal: AbortSignal,
  made: Made,
): Promise<void> {
  const { store, onEvent } = options;
  const worker = workerSlot(options, signal);
  try {
    for (let next = await options.next(signal); next !== undefined; next = await options.next(signal)) {
      const { run } = next;
      let outcome: Outcome | null = null;
      const letGo = async () => {
        // This has no effect on a run that has its outcome or another holder.
        await store.release(run.key);
        await options.settled?.(run, outcome);
      };
      try {
        outcome = await record(next, worker, options, signal, made);
        // A run that threw may have left variables behind, which would disturb the next run.
        if (outcome?.state === 'failed') await worker.stop();
      } catch (error) {
        if (!(error instanceof LostRunError)) {
          // If this fails too, the first error is the important one.
          await letGo().catch(() => {});
          throw error;
        }
        onEvent({ kind: 'lost', run });
        // The worker may still be busy with the run.
        await worker.stop();
      }
      await letGo();
    }
  } finally {
    await worker.stop();
  }
}

/** The place of one worker process. */
interface WorkerSlot {
  /** The current worker, or a new one. */
  get(): Promise<WorkerProcess>;
  /** A new worker in place of one that has ended. */
  replace(): Promise<WorkerProcess>;
  stop(): Promise<void>;
}

function workerSlot(
  { worker: entry, limits = {} }: Pick<PoolOptions<PlannedRun>, 'worker' | 'limits'>,
  signal: AbortSignal,
): WorkerSlot {
  let worker: WorkerProcess | undefined;
  const replace = async () => {
    worker = await startWorker(entry, limits, signal);
    return worker;
  };
  return {
    get: async () => worker ?? replace(),
    replace,
    async stop() {
      await worker?.stop();
      worker = undefined;
    },
  };
}

/** Makes a run and records its outcome, which it returns. Null if the signal came first. */
async function record<Run extends PlannedRun>(
  { run, claim }: ClaimedRun<Run>,
  slot: WorkerSlot,
  options: PoolOptions<Run>,
  signal: AbortSignal,
  { tally, warnings }: Made,
): Promise<Outcome | null> {
  const { store, onEvent } = options;
  const { key, spec } = run;
  onEvent({ kind: 'started', run });
  const started = new Date().toISOString();
  let worker = await slot.get();
  let result = claim === 'deadly' ? failed(DEADLY) : await make(run, worker, options);
  if (result === null && !signal.aborted) {
    onEvent({ kind: 'retried', run, reason: worker.lastWords() });
    worker = await slot.replace();
    result = await make(run, worker, options);
  }
  if (signal.aborted && result === null) return null;
  result ??= failed(`lost its worker twice: ${worker.lastWords()}`);
  const times = { started, ended: new Date().toISOString() };
  const { warning, ...ended } = result;
  const environment = worker.environmentOf(spec);
  await store.finish({ schema: 1, key, spec, environment, ...times, ...ended });
  tally[ended.outcome.state]++;
  if (warning !== undefined && !warnings.has(warning)) {
    warnings.add(warning);
    onEvent({ kind: 'warned', run, reason: warning });
  }
  return ended.outcome;
}

/** Makes a run from its last checkpoint, if it has one. Null if the process ended before the run. */
async function make(
  run: PlannedRun,
  worker: WorkerProcess,
  {
    store,
    limits = {},
    checkpointEvery: every = 60_000,
    onEvent,
  }: Pick<PoolOptions<PlannedRun>, 'store' | 'limits' | 'checkpointEvery' | 'onEvent'>,
): Promise<RunResult | null> {
  const { key, spec } = run;
  // A backend check between two parts of a run does not change its results.
  const { checked: _, ...environment } = worker.environmentOf(spec);
  const kept = await store.checkpoint(key, environment);
  if (kept === 'damaged') {
    onEvent({
      kind: 'damaged',
      run,
      reason: 'what was saved of it is not as it was written, so it begins anew',
    });
  }
  const from = kept === 'damaged' ? null : kept;
  if (from) onEvent({ kind: 'resumed', run });
  const save = (checkpoint: Uint8Array) => store.saveCheckpoint(key, environment, checkpoint);
  const watching = watch(limits, worker.giveUp);
  try {
    return await worker.run(spec, { from, every, save }, (progress) => {
      watching.heard(progress);
      onEvent({ kind: 'progress', run, ...progress });
    });
  } finally {
    watching.end();
  }
}

const DEADLY =
  'was lost three times, each time with the whole process that made it. Look whether it needs more memory than there is';

function failed(reason: string): RunResult {
  return { outcome: { state: 'failed', reason }, seconds: 0 };
}
