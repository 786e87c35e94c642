import { join } from 'node:path';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { openStore } from '../store/open.ts';
import { sweep } from '../sweep/sweep.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

/**
 * A sweep in a process of its own, made to be killed. It reports its events and its result to its parent.
 * With a lease it stops responding in its first run, as a sleeping machine does.
 */
const [address, options, checkpointEvery, lease] = process.argv.slice(2) as [
  string,
  string,
  string?,
  string?,
];
let isSleepy = lease !== undefined;
const store = await openStore(address, isSleepy ? { lease: Number(lease) } : {});
const result = await sweep({
  runs: planSuite(toySuite(JSON.parse(options)), createToolkit(plugin), { backend: 'cpu' }).runs,
  store,
  worker: { file: join(import.meta.dirname, 'worker.ts') },
  // A second worker could stop in the middle of a transaction.
  workers: isSleepy ? 1 : 2,
  checkpointEvery: checkpointEvery === undefined ? undefined : Number(checkpointEvery),
  onEvent({ kind }) {
    process.send!(kind);
    if (!isSleepy || kind !== 'progress') return;
    isSleepy = false;
    process.kill(process.pid, 'SIGSTOP');
  },
});
process.send!(result);
await store.close();
process.disconnect?.();
