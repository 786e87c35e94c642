import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planSuite } from '../plan/plan.ts';
import { createToolkit } from '../run/create-toolkit.ts';
import { openStore } from '../store/open.ts';
import { sweep } from '../sweep/sweep.ts';
import { fillDisk } from './small-disk.ts';
import { toySuite } from './suite.ts';
import { plugin } from './toy.ts';

/**
 * A sweep on a small disk, which is full after the first run, and then the same sweep with free space. It
 * sends the results to its parent.
 */
const [file] = process.argv.slice(2) as [string];
const filler = join(dirname(file), 'filler');
const { runs } = planSuite(toySuite(), createToolkit(plugin), { backend: 'cpu' });
const worker = { file: join(import.meta.dirname, 'worker.ts') };

async function makeRuns(onEnded: () => void): Promise<unknown> {
  let ended = 0;
  try {
    const store = await openStore(file);
    try {
      return await sweep({
        runs,
        store,
        worker,
        workers: 2,
        onEvent({ kind }) {
          if (kind !== 'ended') return;
          ended++;
          onEnded();
        },
      });
    } finally {
      await store.close();
    }
  } catch (error) {
    return { ended, message: (error as Error).message };
  }
}

fillDisk(filler);
process.send!(await makeRuns(() => {}));
process.send!(readdirSync(dirname(file)));
rmSync(filler);
process.send!(await makeRuns(() => fillDisk(filler)));
rmSync(filler);
process.send!(await makeRuns(() => {}));
process.disconnect?.();
