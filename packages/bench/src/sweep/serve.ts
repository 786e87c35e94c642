import { Worker } from 'node:worker_threads';
import type { BackendDefinition } from '@scalpel/core';
import type { Toolkit } from '../plan/index.ts';
import type { Checked } from '../records/index.ts';
import { codesOf } from '../records/index.ts';
import { describeEnvironment, executeRun, type Progress } from '../run/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/**
 * The worker's side of a sweep: makes the runs that the process which forked this one asks for, with what is loaded here. The process ends with
 * its parent, whatever it is doing, loading included.
 */
export async function serveRuns(
  load: () => Promise<{
    readonly toolkit: Toolkit;
    readonly backend: BackendDefinition;
    /** What the last check of the backend, which says this of itself, came to: for records. */
    readonly checkOf?: (detail: string) => Checked | null;
  }>,
): Promise<void> {
  if (!process.send) {
    throw new Error('A worker is started by a sweep, not by hand. Run a suite with scalpel run.');
  }
  endWithParent();
  // Ctrl-C goes to the whole group: the parent decides what becomes of its workers.
  process.on('SIGINT', () => {});
  const { toolkit, backend, checkOf } = await load();
  await backend.start();
  let saved = () => {};
  process.on('message', async (message: ToWorker) => {
    if (message.kind === 'saved') {
      saved();
      return;
    }
    const { spec, from, every } = message;
    // The device may have been lost in the run before: then this takes a new one.
    await backend.start();
    const onProgress = (progress: Progress) => tell({ kind: 'progress', ...progress });
    const save = (checkpoint: Uint8Array) =>
      new Promise<void>((resolve) => {
        saved = resolve;
        tell({ kind: 'checkpoint', checkpoint });
      });
    tell({ kind: 'ended', ...(await executeRun(spec, toolkit, onProgress, { from, every, save })) });
  });
  tell({ kind: 'ready', environment: await describeEnvironment(backend, checkOf), codes: codesOf(toolkit) });
}

/**
 * Standard input ends with the parent, however that ends. A thread of its own waits for that: a run or a plugin may not let go of this one, and then nothing
 * that this one is told reaches it.
 */
function endWithParent(): void {
  const watch = `
    const { Socket } = require('node:net');
    const end = () => process.kill(process.pid, 'SIGKILL');
    new Socket({ fd: 0 }).on('end', end).on('error', end).resume();`;
  new Worker(watch, { eval: true }).unref();
}

function tell(message: FromWorker): void {
  // Nobody listens once the parent is gone, and this process ends.
  process.send!(message, undefined, undefined, () => {});
}
