import { Worker } from 'node:worker_threads';
import type { BackendDefinition } from '@scalpel/core';
import type { Toolkit } from '../plan/index.ts';
import type { Checked } from '../records/index.ts';
import { codesOf } from '../records/index.ts';
import { describeEnvironment, executeRun, type Progress } from '../run/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/**
 * The worker's side of a sweep. It makes the runs that its parent process asks for, with what is loaded here.
 * The process ends with its parent at any time, even while it loads.
 */
export async function serveRuns(
  load: () => Promise<{
    readonly toolkit: Toolkit;
    readonly backend: BackendDefinition;
    /**
     * The result of the last check of the backend, given the backend's own description. It goes into records.
     */
    readonly checkOf?: (detail: string) => Checked | null;
  }>,
): Promise<void> {
  if (!process.send) {
    throw new Error('A worker is started by a sweep, not by hand. Run a suite with scalpel run.');
  }
  endWithParent();
  // Ctrl-C reaches the whole process group. The parent decides about its workers.
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
    // The device may have been lost in the run before. Then this starts a new one.
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
 * Ends this process with its parent, at which standard input ends. A second thread waits for that, since a
 * run or a plugin may block the main thread.
 */
function endWithParent(): void {
  const watch = `
    const { Socket } = require('node:net');
    const end = () => process.kill(process.pid, 'SIGKILL');
    new Socket({ fd: 0 }).on('end', end).on('error', end).resume();`;
  new Worker(watch, { eval: true }).unref();
}

function tell(message: FromWorker): void {
  // If the parent is gone, nobody receives the message and this process ends.
  process.send!(message, undefined, undefined, () => {});
}
