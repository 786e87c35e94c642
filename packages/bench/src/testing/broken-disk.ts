import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { openStore } from '../store/open.ts';
import { sweep } from '../sweep/sweep.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

/** A sweep that can neither read nor write its store any more when the first run has ended. Tells its parent what comes of it. */
const [file] = process.argv.slice(2) as [string];
const folder = '/proc/self/fd';

function breakDisk(): void {
  const ofStore = readdirSync(folder).filter((descriptor) => {
    try {
      // Without that of the locks SQLite would wait for ten seconds and more.
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
