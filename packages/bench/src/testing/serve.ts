import { join } from 'node:path';
import { createToolkit } from '../run/create-toolkit.ts';
import { openStore } from '../store/open.ts';
import { openQueue } from '../sweep/queue.ts';
import { serveQueue } from '../sweep/shared.ts';
import { plugin } from './toy.ts';

/**
 * A machine that joins a sweep, made to be killed. It reports its events to its parent. A sleepy one stops
 * responding in its first run.
 */
const [address, sleepy] = process.argv.slice(2) as [string, 'sleepy'?];
let isSleepy = sleepy !== undefined;
const options = { lease: 3_000 };
const toolkit = createToolkit(plugin);
const store = await openStore(address, options);
const queue = await openQueue(address, toolkit.backend('cpu'), options);
await serveQueue({
  store,
  queue,
  toolkit,
  worker: { file: join(import.meta.dirname, 'worker.ts') },
  workers: 1,
  onEvent({ kind }) {
    process.send!(kind);
    if (!isSleepy || kind !== 'progress') return;
    isSleepy = false;
    process.kill(process.pid, 'SIGSTOP');
  },
});
await queue.close();
await store.close();
process.disconnect?.();
