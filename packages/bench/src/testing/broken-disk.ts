import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { openStore } from '../store/open.ts';
import { sweep } from '../sweep/sweep.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

/**
 * A sweep that can neither read nor write its store after the first run. It sends the result to its parent.
 */
const [file] = process.argv.slice(2) as [string];
const folder = '/proc/self/fd';

function breakDisk(): void {
  const ofStore = readdirSync(folder).filter((descriptor) => {
    try {
      // The file of the locks is left out: without it SQLite would wait for ten seconds or more.
      return [file, `${file}-wal`].includes(readlinkSync(join(folder, descriptor)));
    } catch {
      return false;
    }
  });
  for (const descriptor of ofStore) closeSync(Number(descriptor));
}

const store = await openStore(file, { patience: 100 });
const { runs } = planSuite(toySuite({ seeds: [0] }), createToolkit(plugin), { backend: 'cpu' });
const worker = { file: join(import.meta.dirname, 'worker.ts') };
const onEvent = ({ kind }: { readonly kind: string }) => kind === 'ended' && breakDisk();
process.send!(
  await sweep({ runs, store, worker, workers: 1, onEvent }).then(String, (error) => error.message),
);
process.disconnect?.();
