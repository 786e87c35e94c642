import type { BackendDefinition } from '@scalpel/core';
import { describeEnvironment } from './environment.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { executeRun, type Progress } from './run.ts';
import type { Toolkit } from './toolkit.ts';

/**
 * The worker's side of a sweep: makes the runs that the process which forked this one asks for, on the backend given, which must
 * have been started. The process ends with its parent.
 */
export async function serveRuns(toolkit: Toolkit, backend: BackendDefinition): Promise<void> {
  if (!process.send) {
    throw new Error('A worker is started by a sweep, not by hand. Run a suite with scalpel run.');
  }
  // Ctrl-C goes to the whole group: the parent decides what becomes of its workers.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit());
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
  tell({ kind: 'ready', environment: await describeEnvironment(backend) });
}

function tell(message: FromWorker): void {
  // Nobody listens once the parent is gone; then `disconnect` ends this process.
  process.send!(message, undefined, undefined, () => {});
}
