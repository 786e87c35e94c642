import { join } from 'node:path';
import { planSuite } from '../plan.ts';
import { openStore } from '../store.ts';
import { sweep } from '../sweep.ts';
import { createToolkit } from '../toolkit.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

/** A sweep in a process of its own, to be killed: tells its parent of all that happens. */
const [file, options, checkpointEvery] = process.argv.slice(2) as [string, string, string?];
const store = await openStore(file);
await sweep({
  runs: planSuite(toySuite(JSON.parse(options)), createToolkit(plugin), { backend: 'cpu' }).runs,
  store,
  worker: { file: join(import.meta.dirname, 'worker.ts') },
  workers: 2,
  checkpointEvery: checkpointEvery === undefined ? undefined : Number(checkpointEvery),
  onEvent: ({ kind }) => process.send!(kind),
});
await store.close();
process.disconnect?.();
